import { AnonError } from '../../../errors.ts';
import { redactTokens } from '../../exchange/redact.ts';
import { shellWord } from '../../shell-word.ts';
import type { Check, CheckName } from './check.ts';
import type { DiagnosisRequest, Subjects } from './management-checks.ts';

/** Whether guests can get tokens, from all checks together. */
export interface Verdict {
  readonly ok: boolean;
  /** In a sentence, without a full stop. */
  readonly verdict: string;
  /** The error that a command ends with; undefined when `ok`. */
  readonly failure: AnonError | undefined;
}

/** The checks that decide whether a guest gets a token. The others only limit what can be checked. */
const gates: readonly CheckName[] = ['feature', 'app', 'api', 'grant', 'scopes'];

/**
 * A probe decides, whether it got tokens or was refused; without one, the gates do. A closed gate counts more than an
 * unknown one.
 */
export function reachVerdict(checks: readonly Check[], subjects: Subjects, request: DiagnosisRequest): Verdict {
  const { app, api } = namesOf(subjects, request);
  const probe = checks.find(({ check }) => check === 'probe');
  const closed = checks.filter(({ check, state }) => state === 'closed' && [...gates, 'probe'].includes(check));
  if (isOpen(probe) || (closed.length === 0 && settled(checks))) {
    const verdict = `A guest of ${app} can get a token for ${api}: ${subjects.scopes.join(' ')}`;
    return { ok: true, verdict, failure: undefined };
  }
  const [first] = closed;
  if (first) {
    const others = closed.filter(({ check, fix }) => check !== 'probe' && fix !== first.fix).length;
    const more = others > 0 ? `; ${others} more ${others === 1 ? 'gate is' : 'gates are'} closed` : '';
    return {
      ok: false,
      verdict: `A guest of ${app} cannot get a token for ${api}: ${first.finding}${more}`,
      failure:
        (probe?.state === 'closed' && probe.error) || new AnonError('gate_closed', 'A guest cannot get a token.'),
    };
  }
  const failed = checks.find(({ error }) => error !== undefined);
  const why = failed?.finding ?? 'some checks could not be made';
  const failure = failed?.error ?? new AnonError('not_authorised', 'Cannot tell whether a guest can get a token.');
  return { ok: false, verdict: `Cannot tell whether a guest can get a token: ${why}`, failure };
}

/** All gates are known to be open, and a requested probe did not stay unknown. */
function settled(checks: readonly Check[]): boolean {
  const found = (name: CheckName) => checks.find(({ check }) => check === name);
  return [found('app'), found('api'), found('scopes')].every(isOpen) && found('probe')?.state !== 'unknown';
}

function isOpen(check: Check | undefined): boolean {
  return check?.state === 'open' || check?.state === 'warning';
}

function namesOf({ app, api }: Subjects, request: DiagnosisRequest) {
  const appName = app?.name ?? request.app.chosen?.name ?? request.app.named;
  const apiName = api?.name ?? request.api.chosen?.name ?? request.api.named;
  return { app: safeName(appName, 'any application'), api: safeName(apiName, 'any API') };
}

/** The user may have typed anything, even a token. */
function safeName(name: string | undefined, fallback: string): string {
  return name === undefined ? fallback : shellWord(redactTokens(name));
}
