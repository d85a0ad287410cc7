import type { EditionName } from '../wire/edition/edition.ts';
import { type LocalServer, type ServeOptions, serveLocal } from './local-server.ts';
import { type LocalPorts, openLocal } from './local-tenant.ts';

/** What `anon-cli local` does to the embedded tenant beyond talking to it. */
export interface LocalControl {
  readonly statePath: string;
  describe(): Promise<{ issuer: string; edition: EditionName; clientId: string; clientSecret: string }>;
  /**
   * Starts over: new keys, one application and one API, both closed, in the same edition unless another is
   * named. Answers which one it speaks.
   */
  reset(edition: EditionName | undefined): Promise<EditionName>;
  serve(options: ServeOptions): Promise<LocalServer>;
}

export function localControl(ports: LocalPorts): LocalControl {
  return {
    statePath: ports.path,
    async describe() {
      const local = await openLocal(ports);
      return { issuer: local.issuer, edition: local.edition(), ...local.managementCredentials() };
    },
    async reset(edition) {
      const local = await openLocal(ports);
      await local.reset(edition);
      return local.edition();
    },
    serve: (options) => serveLocal(ports, options),
  };
}
