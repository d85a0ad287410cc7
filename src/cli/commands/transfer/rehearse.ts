import { type CarryFacts, failureOf, refusalSentence, verdictOn } from '../../../domain/rehearsal/verdict.ts';
import type { Rehearsed } from '../../../local/rehearse.ts';
import { printResult } from '../../output/output.ts';
import { refusalOf } from '../../render/action.ts';
import { rehearsalData, renderRehearsal } from '../../render/rehearsal.ts';
import { localProfile } from '../../tenant/local-profile.ts';
import { defineCommand } from '../define-command.ts';
import { rehearseOptions } from './options.ts';
import { type PlannedRehearsal, planRehearsal } from './plan.ts';
import { reportOf } from './report.ts';

export const transferRehearseCommand = defineCommand({
  description: 'rehearse a login that carries a guest: verdict, Actions, and what differs because of the guest',
  options: rehearseOptions,
  calls: 'nothing',
  examples: ['transfer rehearse --user jane@example.com --new-user'],
  notes: `The login runs without a browser, in a copy of the local tenant that is then discarded: its users and sessions stay as \
they are. It runs twice, first without the guest to compare with, so each Action runs twice; what an Action sends elsewhere is \
really sent. Claims that differ in any two logins, such as iat and nonce, are not compared. Exits with 5 if the guest did not come \
along, and with 1 if the login was refused, for example by an Action.`,
  more: 'docs/ci.md',
  async run(context, _args, options) {
    const planned = await planRehearsal(context, options);
    const rehearsed = await (await context.local()).rehearse(planned.login);
    const nowMs = (await context.clockOf(await localProfile(context))).now();
    const facts = factsOf(planned, rehearsed, nowMs);
    const verdict = verdictOn(facts);
    warnOfNeededGuest(context, rehearsed);
    const report = await reportOf(context, { planned, rehearsed, verdict, refusal: refusalSentence(facts) });
    printResult(context, options, {
      data: rehearsalData(report),
      human: (paint) => renderRehearsal(paint, report, nowMs),
    });
    const sessionSelection = options.session === undefined ? '' : ` --session ${options.session}`;
    const failure = failureOf(facts, verdict, { sessionSelection, selection: planned.selection });
    if (failure) throw failure;
  },
});

function factsOf({ login: { via }, app }: PlannedRehearsal, rehearsed: Rehearsed, nowMs: number): CarryFacts {
  const { session, readsCookie, refusedTicket, withGuest } = rehearsed;
  return {
    ...{ via, app, session, readsCookie, refusedTicket, nowMs },
    cameAlong: withGuest.guestId !== undefined,
    refusedLogin: withGuest.end.ok ? undefined : withGuest.end,
    refusingAction: withGuest.actions.map((action) => refusalOf({ ...action, outcome: action })).find(Boolean),
  };
}

/** Most logins have no guest: Actions that rely on one lock everybody else out. */
function warnOfNeededGuest(
  { warn }: { warn: (message: string) => void },
  { withGuest, withoutGuest }: Rehearsed,
): void {
  if (withoutGuest.end.ok || !withGuest.end.ok) return;
  warn('Without a guest, the same login is refused. Do the Actions rely on event.anonymous_session?');
}
