import type { RateLimit } from '../local/rate-limit.ts';
import { type LocalServer, serveLocal } from './local-server.ts';
import { type LocalPorts, openLocal } from './local-tenant.ts';

/** What `anon-cli local` does to the embedded tenant beyond talking to it. */
export interface LocalControl {
  readonly statePath: string;
  describe(): Promise<{ issuer: string; clientId: string; clientSecret: string }>;
  /** Starts over: new keys, one application and one API, both closed. */
  reset(): Promise<void>;
  serve(options: { port: number; rateLimit: RateLimit | undefined }): Promise<LocalServer>;
}

export function localControl(ports: LocalPorts): LocalControl {
  return {
    statePath: ports.path,
    async describe() {
      const local = await openLocal(ports);
      return { issuer: local.issuer, ...local.managementCredentials() };
    },
    async reset() {
      await (await openLocal(ports)).reset();
    },
    serve: (options) => serveLocal(ports, options),
  };
}
