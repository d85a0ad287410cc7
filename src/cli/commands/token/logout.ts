import { findSession } from '../../../domain/session/find.ts';
import { logOut } from '../../../domain/session/logout.ts';
import type { SavedSession } from '../../../domain/session/saved-session.ts';
import { isUnreachable, withHint } from '../../../errors.ts';
import { sayClock } from '../../output/moved-clock.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { endText, sessionData } from '../../render/session.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';

export const tokenLogoutCommand = defineCommand({
  description: 'log out a session and remove it from this machine; its tokens stay valid until they expire',
  options: {
    '--session <session>': 'log out this session, not the current one',
    '--keep': 'leave the session saved on this machine',
  },
  calls: 'tenant',
  examples: ['token logout --keep'],
  notes:
    'Nothing revokes tokens: they can be used until they expire. Edition ea clears the cookie of the browser that logs out; edition preview has no logout.',
  async run(context, _args, options) {
    const { tenant, profile } = await accessTenant(context, options);
    const sessions = await context.sessions(profile);
    const found = await findSession({ ...tenant, sessions }, options.session);
    const { name, session } = found;
    const sent = await logOut(tenant, session).catch((error: unknown) => {
      if (!isUnreachable(error)) throw error;
      throw withHint(error, `To remove it from this machine only: anon-cli session forget ${name}${tenant.selection}`);
    });
    const forgotten = options.keep !== true;
    if (forgotten) await sessions.exclusively(name, () => sessions.forget(name));
    // A removed session can't be the current one.
    const current = !forgotten && found.current;
    const nowMs = tenant.clock.now();
    sayClock(context, tenant);
    printResult(context, options, {
      data: { tenant_told: sent, forgotten, session: sessionData({ name, session, current }, nowMs) },
      human: (paint) =>
        `${paint.green('✔')} Session ${printable(name)} ${forgotten ? 'removed from' : 'is still saved on'} this machine\n` +
        paint.dim(`  ${sent ? accepted : notSent}\n`) +
        `${paint.yellow('!')} ${tokenLives(session, nowMs)}\n`,
    });
  },
});

const accepted = 'The tenant accepted the logout. Only the cookie of this request is cleared; a browser keeps its own.';
const notSent = 'Nothing was sent: edition preview has no logout.';

function tokenLives(session: SavedSession, nowMs: number): string {
  const ends = [endText(session.accessEndsAtMs, nowMs), endText(session.sessionEndsAtMs, nowMs)];
  return `Its tokens stay valid until they expire: the access token ${ends[0]}, the session token ${ends[1]}.`;
}
