import type { EditionName } from '../../wire/edition/edition.ts';
import type { ClockReading } from '../../wire/tenant-clock.ts';
import { loopback } from '../../wire/url.ts';
import type { Clock } from '../clock.ts';
import type { Fetch } from './http.ts';
import type { ManagementAccess } from './management/credentials.ts';
import type { RetryPolicy } from './retry.ts';
import type { TenantTime } from './tenant-time.ts';

/** A tenant that commands can talk to, remote or embedded. */
export interface TenantConnection {
  /** The name of its profile. */
  readonly profile: string;
  /** Appended to a command in a hint so that it reaches this tenant too: empty, or ` --profile NAME`. */
  readonly selection: string;
  /** `https://DOMAIN/`, with the slash. */
  readonly issuer: string;
  /** Where requests go, without a trailing slash. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly time: TenantTime;
  /** For the local tenant: its clock, which is then `clock` too; undefined while it is this machine's. */
  readonly movedClock?: (() => ClockReading | undefined) | undefined;
  readonly retry: RetryPolicy;
  /** Reports something the user should know although the command succeeds. */
  warn(message: string): void;
  /** Undefined when the profile has no credentials: then nothing that needs the Management API works. */
  readonly management: ManagementAccess | undefined;
  /** Undefined until the tenant's settings have been read. */
  readonly edition: EditionName | undefined;
  saveEdition(edition: EditionName): Promise<void>;
  /** A dry run: the Management API gets only reads. */
  readonly readOnly?: boolean;
  /** The keys that this tenant's session tokens are encrypted with, the current one first, if this machine has them. */
  readonly sessionKeys: (() => Promise<readonly Uint8Array[]>) | undefined;
}

/** Whether this is certainly the local tenant: no other has its keys on this machine. */
export function isEmbedded({ sessionKeys }: Pick<TenantConnection, 'sessionKeys'>): boolean {
  return sessionKeys !== undefined;
}

/** Whether a tenant answers on this machine: the local tenant, or another server that imitates one. */
export function isOnThisMachine(tenant: Pick<TenantConnection, 'sessionKeys' | 'baseUrl'>): boolean {
  return isEmbedded(tenant) || loopback.test(new URL(tenant.baseUrl).hostname);
}
