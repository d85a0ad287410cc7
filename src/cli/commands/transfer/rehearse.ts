import { lastingChanges, profileChanges } from '../../../domain/rehearsal/login.ts';
import {
  type CarryFacts,
  failureOf,
  refusalSentence,
  type Verdict,
  verdictOn,
} from '../../../domain/rehearsal/verdict.ts';
import { compareTokens } from '../../../domain/token/compare.ts';
import { inspectToken } from '../../../domain/token/decode.ts';
import type { Rehearsed } from '../../../local/rehearse.ts';
import { printResult } from '../../output/output.ts';
import { refusalOf } from '../../render/action.ts';
import { type RehearsalReport, type RehearsedToken, rehearsalData, renderRehearsal } from '../../render/rehearsal.ts';
import { localProfile } from '../../tenant/local-profile.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { type PlannedRehearsal, planRehearsal, rehearseOptions } from './plan.ts';

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

interface Findings {
  readonly planned: PlannedRehearsal;
  readonly rehearsed: Rehearsed;
  readonly verdict: Verdict;
  /** Why the login ended without tokens: a sentence, or nothing. */
  readonly refusal: string;
}

async function reportOf(
  context: Context,
  { planned, rehearsed, verdict, refusal }: Findings,
): Promise<RehearsalReport> {
  const { login, app, api, edition } = planned;
  const keys = await context.localKeys(edition);
  const read = async (token: string) => ({ token, decoded: await inspectToken({ clock: context.clock, keys }, token) });
  const { withGuest, withoutGuest } = rehearsed;
  const [after, before] = [withGuest.end, withoutGuest.end];
  const compared = async (tokenOf: (end: typeof after & { ok: true }) => string | undefined) => {
    const [token, other] = [after.ok ? tokenOf(after) : undefined, before.ok ? tokenOf(before) : undefined];
    if (token === undefined) return undefined;
    const shown = await read(token);
    const comparison = other === undefined ? undefined : compareTokens(await read(other), shown);
    return {
      claims: shown.decoded.claims ?? {},
      comparison: comparison && lastingChanges(comparison, login.isNew),
    } satisfies RehearsedToken;
  };
  return {
    ...{ verdict, refusal, via: login.via, edition, app, api, email: login.user, isNewUser: login.isNew, rehearsed },
    profile: profileChanges(rehearsed.userBefore, withGuest.user),
    idToken: await compared(({ idToken }) => idToken),
    // Without an API it is opaque, and only for /userinfo.
    accessToken: api && (await compared(({ accessToken }) => accessToken)),
  };
}
