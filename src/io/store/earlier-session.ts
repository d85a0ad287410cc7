import { join } from 'node:path';
import * as v from 'valibot';
import type { SecretStore } from '../../domain/profile/profile.ts';
import type { SavedSession } from '../../domain/session/saved-session.ts';
import { isThere, removeFile } from '../files/files.ts';
import { rememberedSession } from './session-schema.ts';
import type { SessionPorts } from './sessions.ts';

interface Ports extends Pick<SessionPorts, 'profile' | 'folders' | 'now' | 'warn' | 'readOnly'> {
  readonly secrets: () => Promise<SecretStore>;
}

/** The one session that a profile had before it could have several, wherever it was kept. */
export async function earlierSession(ports: Ports): Promise<SavedSession | undefined> {
  const text = await (await ports.secrets()).get(`session/${ports.profile}`);
  if (text === undefined) return sessionInFile(ports);
  const checked = v.safeParse(v.pipe(v.string(), v.parseJson(), rememberedSession), text);
  if (checked.success) return checked.output;
  ports.warn(
    `The session that is remembered for profile ${ports.profile} is not readable as one of anon-cli; it is left aside.`,
  );
  return undefined;
}

export async function removeEarlierSession(ports: Ports): Promise<void> {
  await (await ports.secrets()).remove(`session/${ports.profile}`);
  removeFile(oldPath(ports));
}

/** Version 0.1.0 kept sessions in files of their own. */
function oldPath({ folders, profile }: Ports): string {
  return join(folders.data, 'sessions', `${profile}.json`);
}

async function sessionInFile(ports: Ports): Promise<SavedSession | undefined> {
  const path = oldPath(ports);
  if (!isThere(path)) return undefined;
  const { now, warn, readOnly } = ports;
  const { readJsonFile } = await import('../files/json-file.ts');
  return readJsonFile({ path, schema: v.strictObject({ session: rememberedSession }), now, warn, readOnly })?.session;
}
