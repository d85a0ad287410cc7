import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { SecretStore, SessionStore } from '../domain/ports.ts';
import { fileFailure } from './files.ts';
import type { Folders } from './folders.ts';
import { secretFiles } from './secret-files.ts';

const session = v.strictObject({
  sessionToken: v.string(),
  accessToken: v.string(),
  clientId: v.string(),
  audience: v.string(),
  scope: v.optional(v.string()),
});

interface Ports {
  readonly folders: Folders;
  /** Where a profile's secrets are, unless in files. */
  readonly secretsOf: (profile: string) => Promise<SecretStore | undefined>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** One entry a profile in its secret store, tokens and all: it is there whole or not at all. */
export function sessionStore(ports: Ports): SessionStore {
  const { warn, exclusively } = ports;
  const secretsOf = async (profile: string) => (await ports.secretsOf(profile)) ?? secretFiles(ports);
  return {
    async get(profile) {
      const text = await (await secretsOf(profile)).get(`session/${profile}`);
      if (text === undefined) return readOldFile(ports, profile);
      const checked = v.safeParse(session, parse(text));
      if (checked.success) return checked.output;
      warn(
        `The session that is remembered for profile ${profile} is not readable as one of anon-cli; it is left aside.`,
      );
      return undefined;
    },
    async put(profile, remembered) {
      await (await secretsOf(profile)).put(`session/${profile}`, JSON.stringify(remembered));
      removeOldFile(ports, profile);
    },
    async forget(profile) {
      await (await secretsOf(profile)).remove(`session/${profile}`);
      removeOldFile(ports, profile);
    },
    exclusively,
  };
}

/** Version 0.1.0 kept sessions in files of their own. */
function oldPath({ folders }: Ports, profile: string): string {
  return join(folders.data, 'sessions', `${profile}.json`);
}

async function readOldFile(ports: Ports, profile: string) {
  const path = oldPath(ports, profile);
  if (!existsSync(path)) return undefined;
  const { now, warn } = ports;
  const { readJsonFile } = await import('./json-file.ts');
  return readJsonFile({ path, schema: v.strictObject({ session }), now, warn })?.session;
}

function removeOldFile(ports: Ports, profile: string): void {
  const path = oldPath(ports, profile);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileFailure(path, 'cannot be removed', error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
