import type { Profile } from '../../domain/profile/profile.ts';
import type { SavedState } from '../../io/embedded/state-address.ts';
import type { DatabaseText } from './database-state.ts';
import type { Env } from './environment.ts';

/** Which database a command asks for: in an argument, or in its profile. */
export interface DatabaseChoice {
  readonly given?: DatabaseText | undefined;
  readonly saved: () => Promise<string | undefined>;
}

/** The word for the file in place of an address. */
export const fileWord = 'sqlite';

/**
 * Where the local tenant's state is: in the database that an argument names, or else ANON_DATABASE_URL, which may also name the
 * memory of another process, or else the profile; otherwise in a file of this user.
 * @throws {AnonError} `usage`, `state_unusable`
 */
export async function localState(
  { env, warn, file }: { env: Env; warn: (message: string) => void; file: string },
  choice: DatabaseChoice,
): Promise<SavedState> {
  const chosen = await chosenDatabase(env, choice);
  if (chosen === undefined || chosen.text === fileWord) return { file };
  if (chosen.from === 'ANON_DATABASE_URL' && /^https?:/i.test(chosen.text)) {
    return (await import('./served-state.ts')).servedState(chosen.text, env);
  }
  return (await import('./database-state.ts')).databaseState(chosen, env, warn);
}

async function chosenDatabase(env: Env, { given, saved }: DatabaseChoice): Promise<DatabaseText | undefined> {
  if (given !== undefined) return given;
  if (env.ANON_DATABASE_URL) return { text: env.ANON_DATABASE_URL, from: 'ANON_DATABASE_URL' };
  const text = await saved();
  return text === undefined ? undefined : { text, from: 'profile' };
}

/**
 * The local tenant's profile for a state at `state`. Its defaults are for the state that it was saved with: for another, which
 * only the environment can name, it has no defaults and saves none.
 */
export async function profileFor(state: SavedState, profile: Profile): Promise<Profile> {
  const { database: text } = profile;
  const saved = text === fileWord ? undefined : text;
  const database = 'file' in state ? undefined : state.displayed;
  const isSaved =
    'file' in state || saved === undefined
      ? database === saved
      : 'postgres' in state && (await import('./database-state.ts')).isSavedAs(saved, state);
  if (isSaved) return { ...profile, database };
  return { name: profile.name, database, production: profile.production, adHoc: true };
}
