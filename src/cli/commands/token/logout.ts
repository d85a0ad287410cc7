import { Command } from 'commander';
import { logOut } from '../../../domain/session/log-out.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { isUnreachable, withHint } from '../../../errors.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { endText, sessionData } from '../../render/session.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { keptSession, nothingRemembered } from './kept-session.ts';

export interface TokenLogoutOptions extends GlobalOptions {
  readonly session?: string;
  readonly keep?: true;
}

export function tokenLogoutCommand(context: Context, run = logOutAndForget): Command {
  const command = new Command('logout')
    .description('end a session here, and tell the tenant; its tokens live on until they expire')
    .option('--session <name>', 'this session, not the current one')
    .option('--keep', 'do not forget it on this machine')
    .action((options: TokenLogoutOptions) => run(context, options));
  return withExample(
    command,
    'token logout --keep',
    'Nothing revokes tokens: whoever has them can use them until they expire. Edition\nea clears the cookie of the browser that logs out, and no other; edition preview\nhas no logout.',
  );
}

async function logOutAndForget(context: Context, options: TokenLogoutOptions): Promise<void> {
  const { tenant, profile } = await accessTenant(context, options);
  const { sessions, name } = await keptSession(context, profile, { session: options.session });
  const session = await sessions.get(name);
  if (!session) throw nothingRemembered(tenant, name, await sessions.names());
  const told = await logOut(tenant, session).catch((error: unknown) => {
    if (!isUnreachable(error)) throw error;
    throw withHint(error, `To forget it here alone: anon-cli session forget ${name}${tenant.selection}`);
  });
  const forgotten = options.keep !== true;
  if (forgotten) await sessions.exclusively(name, () => sessions.forget(name));
  // What is forgotten is nobody's current session any more.
  const current = !forgotten && name === (await sessions.current());
  const nowMs = context.clock.now();
  printResult(context, options, {
    data: { tenant_told: told, forgotten, session: sessionData({ name, session, current }, nowMs) },
    human: (paint) =>
      `${paint.green('✔')} ${forgotten ? `Session ${printable(name)} is forgotten here` : `Session ${printable(name)} is still kept here`}\n` +
      paint.dim(`${told ? clears : hasNone}\n`) +
      `${paint.yellow('!')} ${livesOn(session, nowMs)}\n`,
  });
}

const clears = "  The tenant took the logout: it clears the cookie of who asks, so a browser's own stays.";
const hasNone = '  Nothing was sent: edition preview has no logout.';

function livesOn(session: RememberedSession, nowMs: number): string {
  const ends = [endText(session.accessEndsAtMs, nowMs), endText(session.sessionEndsAtMs, nowMs)];
  return `Its tokens live on until they expire: the access token ${ends[0]}, the session token ${ends[1]}.`;
}
