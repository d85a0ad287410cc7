import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { explainRefusal } from '../../domain/gates/explain-refusal.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import type { SaveAs } from '../../domain/session/create.ts';
import { checkSessionName, defaultSessionName } from '../../domain/session/saved-session.ts';
import type { SessionPorts, SessionTarget, TokenPorts } from '../../domain/session/target.ts';
import { AnonError } from '../../errors.ts';
import type { OptionValues } from '../options/definition.ts';
import { sayClock } from '../output/moved-clock.ts';
import { printable } from '../render/printable.ts';
import type { Access } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';

/** For commands that save sessions. */
export const noSaveOption = { '--no-save': 'save nothing on this machine, like ANON_SAVE=0' } as const;

/** For commands that use a saved session, and save the result. */
export const saveOptions = { '--session <session>': 'use this session, not the current one', ...noSaveOption } as const;

export type SaveOptions = OptionValues<typeof saveOptions>;

/** The ports that the domain's token functions need. Says on stderr when the tenant's clock decides, and not this machine's. */
export function tokenPorts(
  context: Pick<Context, 'warn' | 'aside'>,
  tenant: Pick<TenantConnection, 'clock' | 'movedClock'>,
): TokenPorts {
  sayClock(context, tenant);
  return { clock: tenant.clock, warn: (message) => context.warn(printable(message)), explain: explainRefusal };
}

/** The same with the saved sessions of a profile. */
export async function sessionPorts(context: Context, { tenant, profile }: Access): Promise<SessionPorts> {
  return { ...tokenPorts(context, tenant), sessions: await context.sessions(profile) };
}

/** The session that is named, by default the profile's current one. @throws {AnonError} `usage` */
export async function sessionTarget(
  context: Context,
  { sessions }: Pick<SessionPorts, 'sessions'>,
  { session, save }: Partial<SaveOptions>,
): Promise<SessionTarget> {
  const name = session === undefined ? await sessions.current() : checkSessionName(session);
  const selection = session === undefined ? '' : ` --session ${session}`;
  return { name, selection, saves: savesSessions(context, { save: save !== false }) };
}

/** Where a new session is saved; undefined where it is not. @throws {AnonError} `usage` */
export async function saveAs(
  context: Context,
  profile: Profile,
  { session, save, replace }: SaveOptions & { readonly replace?: true },
): Promise<SaveAs | undefined> {
  if (!savesSessions(context, { save })) return undefined;
  const sessions = await context.sessions(profile);
  return { sessions, name: session ?? defaultSessionName, given: session !== undefined, replaces: replace === true };
}

/** Whether sessions are saved: unless --no-save or ANON_SAVE=0 is given. @throws {AnonError} `usage` */
export function savesSessions({ env }: Pick<Context, 'env'>, { save }: { save: boolean }): boolean {
  const { ANON_SAVE: setting } = env;
  if (setting && !['0', '1'].includes(setting)) throw new AnonError('usage', 'ANON_SAVE must be 0 or 1.');
  return save && setting !== '0';
}

/** Checked before any call. @throws {AnonError} `usage` for an invalid name, or one for a session that is not saved */
export function checkSaveOptions({ session, save }: SaveOptions): void {
  if (session === undefined) return;
  checkSessionName(session);
  if (!save)
    throw new AnonError('usage', "--session and --no-save can't be combined: --session names the saved session.");
}
