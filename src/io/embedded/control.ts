import type { EditionName } from '../../wire/edition/edition.ts';
import { type LocalServer, type ServeOptions, serveLocal } from './server.ts';
import { type LocalPorts, openLocal, resetLocal } from './tenant.ts';

/** What `anon-cli local` does with the local tenant. */
export interface LocalControl {
  readonly statePath: string;
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
  return {
    statePath: ports.path,
    async describe(asked) {
      const local = await openLocal(ports, { edition: asked });
      try {
        const [edition, credentials] = [await local.edition(), await local.managementCredentials()];
        return { issuer: local.issuer, edition, ...credentials };
      } finally {
        await local.close();
      }
    },
    reset: (edition) => resetLocal(ports, edition),
    serve: (options) => serveLocal(ports, options),
  };
}
