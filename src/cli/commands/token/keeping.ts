import type { Command } from 'commander';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { checkSessionName, defaultSessionName } from '../../../domain/session/name.ts';
import type { RememberedSession, SessionStore } from '../../../domain/session/saved-session.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../world/context.ts';

/** What commands take that keep sessions. */
export interface KeepOptions {
  readonly session?: string;
  /** False with --no-save. */
  readonly save: boolean;
}

export function addKeepOptions(command: Command, about: string): Command {
  return command
    .option('--session <name>', about)
    .option('--no-save', 'keep nothing of it on this machine, as with ANON_SAVE=0');
}

/** Where a new session is to be kept. */
export interface Keeping {
  readonly sessions: SessionStore;
  readonly name: string;
  /** Somebody chose the name. */
  readonly named: boolean;
  /** It may take the place of another of that name. */
  readonly replaces: boolean;
}

/** Where to keep a new session; undefined where it is not to be kept. @throws {AnonError} `usage` */
export async function keepingOf(
  context: Context,
  profile: Profile,
  options: KeepOptions & { replace?: true },
): Promise<Keeping | undefined> {
  const { session, replace = false } = options;
  if (!saves(context, options)) return undefined;
  return {
    sessions: await context.sessions(profile),
    name: session ?? defaultSessionName,
    named: session !== undefined,
    replaces: replace,
  };
}

/** Whether what comes is to be kept: unless --no-save, or ANON_SAVE says no. @throws {AnonError} `usage` */
export function saves({ env }: Pick<Context, 'env'>, { save }: { save: boolean }): boolean {
  const { ANON_SAVE: setting } = env;
  if (setting && !['0', '1'].includes(setting)) throw new AnonError('usage', 'ANON_SAVE is neither 0 nor 1.');
  return save && setting !== '0';
}

/** A line that names no possible session, or one that is not to be kept, costs no call. @throws {AnonError} `usage` */
export function checkKeepOptions({ session, save }: KeepOptions): void {
  if (session === undefined) return;
  checkSessionName(session);
  if (!save) throw new AnonError('usage', '--session says what to keep it as, and --no-save not to keep it.');
}

/** @throws {AnonError} `usage` when the name is that of another session */
export function checkFree(
  { name, replaces }: Keeping,
  live: RememberedSession | undefined,
  { selection }: TenantConnection,
): void {
  if (!live || replaces) return;
  throw new AnonError('usage', `There is a session '${name}' already.`, {
    hint: `Begin anew with --replace, or go on with it: anon-cli token get --session ${name}${selection}`,
  });
}
