import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RememberedSession, SessionStore } from '../domain/ports.ts';
import { fileFailure } from './files.ts';
import type { Folders } from './folders.ts';
import type { JsonFileOptions } from './json-file.ts';

const text = { type: 'string' } as const;
const schema: JsonFileOptions['schema'] = {
  session: {
    type: 'object',
    properties: { sessionToken: text, accessToken: text, clientId: text, audience: text, scope: text },
    required: ['sessionToken', 'accessToken', 'clientId', 'audience'],
    additionalProperties: false,
  },
};

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** One file a profile in `sessions` of the data folder, so that tenants do not get in each other's way. */
export function sessionStore({ folders, now, warn, exclusively }: Ports): SessionStore {
  const pathOf = (profile: string) => join(folders.data, 'sessions', `${profile}.json`);

  const open = async (profile: string) =>
    (await import('./json-file.ts')).openJsonFile({ path: pathOf(profile), schema, now, warn });

  return {
    async get(profile) {
      if (!existsSync(pathOf(profile))) return undefined;
      return (await open(profile)).store.session as RememberedSession | undefined;
    },
    async put(profile, session) {
      const { writeJsonFile } = await import('./json-file.ts');
      writeJsonFile(await open(profile), { session: JSON.parse(JSON.stringify(session)) });
    },
    async forget(profile) {
      try {
        rmSync(pathOf(profile), { force: true });
      } catch (error) {
        throw fileFailure(pathOf(profile), 'cannot be removed', error);
      }
    },
    exclusively,
  };
}
