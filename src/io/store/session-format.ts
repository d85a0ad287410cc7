import { join } from 'node:path';
import * as v from 'valibot';
import type { SecretStore } from '../../domain/profile/profile.ts';
import type { SavedSession } from '../../domain/session/saved-session.ts';
import { plainObject } from '../../wire/schema.ts';
import { exists, removeFile } from '../files/files.ts';
import type { SessionPorts } from './sessions.ts';

interface Ports extends Pick<SessionPorts, 'profile' | 'folders' | 'now' | 'warn' | 'readOnly'> {
  readonly secrets: () => Promise<SecretStore>;
}

/** The session of a profile from the time when a profile had only one. */
export async function legacySession(ports: Ports): Promise<SavedSession | undefined> {
  const text = await (await ports.secrets()).get(`session/${ports.profile}`);
  if (text === undefined) return sessionInFile(ports);
  const checked = v.safeParse(v.pipe(v.string(), v.parseJson(), savedSession), text);
  if (checked.success) return checked.output;
  ports.warn(`The saved session of profile ${ports.profile} is not valid; it is ignored.`);
  return undefined;
}

export async function removeLegacySession(ports: Ports): Promise<void> {
  await (await ports.secrets()).remove(`session/${ports.profile}`);
  removeFile(legacyPath(ports));
}

/** Version 0.1.0 saved sessions in files of their own. */
function legacyPath({ folders, profile }: Ports): string {
  return join(folders.data, 'sessions', `${profile}.json`);
}

async function sessionInFile(ports: Ports): Promise<SavedSession | undefined> {
  const path = legacyPath(ports);
  if (!exists(path)) return undefined;
  const { now, warn, readOnly } = ports;
  const { readJsonFile } = await import('../files/json-file.ts');
  return readJsonFile({ path, schema: v.strictObject({ session: savedSession }), now, warn, readOnly })?.session;
}

/** Milliseconds since 1970, within the range of a date. @see ECMA-262, section 21.4.1.1 */
const time = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

/** A saved session. Version 0.1.0 saved the first five members. */
export const savedSession = v.strictObject({
  sessionToken: v.string(),
  accessToken: v.string(),
  tokenType: v.optional(v.string()),
  clientId: v.string(),
  audience: v.string(),
  scope: v.optional(v.string()),
  appName: v.optional(v.string()),
  apiName: v.optional(v.string()),
  guestId: v.optional(v.string()),
  metadata: v.optional(plainObject),
  createdAtMs: v.optional(time),
  accessEndsAtMs: v.optional(time),
  sessionEndsAtMs: v.nullish(time),
  replaced: v.optional(v.array(v.strictObject({ guestId: v.optional(v.string()), untilMs: time }))),
});
