import type { LocalTenantOptions } from '../../local/open-tenant.ts';
import type { PostgresPorts } from '../../local/store/postgres/address.ts';
import type { WorkerLimits } from '../actions/action-worker.ts';
import type { CertificatePorts } from '../certificates/authority.ts';
import type { StateAddress } from './state-address.ts';

/** What the local tenant needs from the machine. */
export interface LocalPorts<State extends StateAddress = StateAddress> {
  readonly state: State;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Runs `work` while no other process of this user replaces the state's file. */
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** For HTTPS. They are this user's, wherever the state is. */
  readonly certificates: CertificatePorts;
  /** In place of the defaults for users' Actions. */
  readonly actionLimits?: Partial<WorkerLimits> | undefined;
}

export type LocalOptions = Omit<LocalTenantOptions, 'clock'>;

/** What a connection to PostgreSQL needs. Its clock must not follow a change of the machine's time. */
export function databasePorts(warn: (message: string) => void): PostgresPorts {
  return { now: () => performance.now(), warn };
}
