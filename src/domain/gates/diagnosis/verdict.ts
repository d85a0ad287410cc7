import { AnonError } from '../../../errors.ts';
import type { ApiWithGrants } from '../../api/api.ts';
import type { App } from '../../app/app.ts';
import { redactTokens } from '../../exchange/redact.ts';
import { shellWord } from '../../shell-word.ts';
import type { Check, CheckName } from './check.ts';
import type { Question } from './look.ts';

/** Whether guests get tokens, all things considered. */
export interface Verdict {
  readonly ok: boolean;
  /** In a sentence, without a full stop. */
  readonly verdict: string;
  /** How a command that finds this out ends; undefined when all is well. */
  readonly failure: AnonError | undefined;
}

/** What stands between a guest and a token. What else is wrong only keeps us from seeing it. */
const gates: readonly CheckName[] = ['feature', 'app', 'api', 'grant', 'scopes'];

/**
 * A guest who got tokens settles it, and so does one who was refused; else the gates that were seen do. What is certain
 * goes before what could not be told.
 */
export function judge(
  checks: readonly Check[],
  seen: { app: App | undefined; api: ApiWithGrants | undefined; scopes: readonly string[] },
  question: Question,
): Verdict {
  const { who, where } = subjects(seen, question);
  const probe = checks.find(({ check }) => check === 'probe');
  const closed = checks.filter(({ check, state }) => state === 'closed' && [...gates, 'probe'].includes(check));
  if (isOpen(probe) || (closed.length === 0 && settled(checks))) {
    const verdict = `A guest of ${who} can get a token for ${where}: ${seen.scopes.join(' ')}`;
    return { ok: true, verdict, failure: undefined };
  }
  const [first] = closed;
  if (first) {
    const others = closed.filter(({ check, fix }) => check !== 'probe' && fix !== first.fix).length;
    const more = others > 0 ? `, and ${others} more` : '';
    return {
      ok: false,
      verdict: `A guest of ${who} cannot get a token for ${where}: ${first.finding}${more}`,
      failure:
        (probe?.state === 'closed' && probe.error) || new AnonError('gate_closed', 'A guest cannot get a token.'),
    };
  }
  const unsure = checks.find(({ error }) => error !== undefined);
  const why = unsure?.finding ?? 'not everything could be looked at';
  const failure = unsure?.error ?? new AnonError('not_authorised', 'Whether a guest can get a token cannot be told.');
  return { ok: false, verdict: `Whether a guest can get a token cannot be told: ${why}`, failure };
}

/** All gates that must be open were seen open, and if a guest was asked for, that could be told. */
function settled(checks: readonly Check[]): boolean {
  const found = (name: CheckName) => checks.find(({ check }) => check === name);
  return [found('app'), found('api'), found('scopes')].every(isOpen) && found('probe')?.state !== 'unknown';
}

function isOpen(check: Check | undefined): boolean {
  return check?.state === 'open' || check?.state === 'warning';
}

function subjects({ app, api }: { app: App | undefined; api: ApiWithGrants | undefined }, question: Question) {
  const who = app?.name ?? question.app.chosen?.name ?? question.app.named;
  const where = api?.name ?? question.api.chosen?.name ?? question.api.named;
  return { who: named(who, 'any application'), where: named(where, 'any API') };
}

/** What a user typed may be anything. */
function named(name: string | undefined, otherwise: string): string {
  return name === undefined ? otherwise : shellWord(redactTokens(name));
}
