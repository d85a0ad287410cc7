import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { SessionStore } from '../domain/ports.ts';
import { fileFailure } from './files.ts';
import type { Folders } from './folders.ts';
import type { JsonFile } from './json-file.ts';

const content = v.strictObject({
  session: v.strictObject({
    sessionToken: v.string(),
    accessToken: v.string(),
    clientId: v.string(),
    audience: v.string(),
    scope: v.optional(v.string()),
  }),
});

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** One file a profile in `sessions` of the data folder, so that tenants do not get in each other's way. */
export function sessionStore({ folders, now, warn, exclusively }: Ports): SessionStore {
  const file = (profile: string): JsonFile<v.InferOutput<typeof content>> => ({
    path: join(folders.data, 'sessions', `${profile}.json`),
    schema: content,
    now,
    warn,
  });
  return {
    get: async (profile) => (await import('./json-file.ts')).readJsonFile(file(profile))?.session,
    put: async (profile, session) => (await import('./json-file.ts')).writeJsonFile(file(profile), { session }),
    async forget(profile) {
      const { path } = file(profile);
      try {
        rmSync(path, { force: true });
      } catch (error) {
        throw fileFailure(path, 'cannot be removed', error);
      }
    },
    exclusively,
  };
}
