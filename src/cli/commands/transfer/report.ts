import { lastingChanges, profileChanges } from '../../../domain/rehearsal/differences.ts';
import type { Verdict } from '../../../domain/rehearsal/verdict.ts';
import { compareTokens } from '../../../domain/token/compare.ts';
import { inspectToken } from '../../../domain/token/decode.ts';
import type { Rehearsed } from '../../../local/rehearse.ts';
import type { RehearsalReport, RehearsedToken } from '../../render/rehearsal.ts';
import type { Context } from '../../world/context.ts';
import type { PlannedRehearsal } from './plan.ts';

interface Findings {
  readonly planned: PlannedRehearsal;
  readonly rehearsed: Rehearsed;
  readonly verdict: Verdict;
  /** Why the login ended without tokens: a sentence, or nothing. */
  readonly refusal: string;
}

export async function reportOf(
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
