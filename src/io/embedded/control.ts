import type { EditionName } from '../../wire/edition/edition.ts';
import { localNames } from './names.ts';
import { type LocalServer, type ServeOptions, serveLocal } from './server.ts';
import type { StateAddress } from './state-address.ts';
import { type LocalPorts, openLocal, resetLocal } from './tenant.ts';

/** What `anon-cli local` does with the local tenant. */
export interface LocalControl {
  readonly state: StateAddress;
  /** Whether there is a tenant. Creates none. @throws {AnonError} */
  exists(): Promise<boolean>;
  /** @throws {AnonError} `edition_unsupported` where the tenant uses another edition */
  describe(
    edition: EditionName | undefined,
  ): Promise<{ issuer: string; edition: EditionName; clientId: string; clientSecret: string }>;
  /**
   * Replaces the tenant by a new one: new keys, one application and one API without anonymous sessions, in the same edition
   * unless another is given. Returns its edition.
   */
  reset(edition: EditionName | undefined): Promise<EditionName>;
  serve(options: ServeOptions): Promise<LocalServer>;
}

export function localControl(ports: LocalPorts): LocalControl {
  const state = ports.database ?? { file: ports.path };
  return {
    state,
    exists: async () => (await localNames(state)) !== undefined,
    async describe(edition) {
      const local = await openLocal(ports, { edition });
      return { issuer: local.issuer, edition: local.edition(), ...local.managementCredentials() };
    },
    reset: (edition) => resetLocal(ports, edition),
    serve: (options) => serveLocal(ports, options),
  };
}
