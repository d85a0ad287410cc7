import { AnonError } from '../../../errors.ts';
import type { ApiWithGrants } from '../../api/api.ts';
import { hasPages } from '../../app/allowed-origins.ts';
import type { App } from '../../app/app.ts';
import type { RequestingApp } from '../../app/find.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { redactTokens } from '../../exchange/redact.ts';
import { shellWord } from '../../shell-word.ts';
import { type Check, type CheckName, checkNames, skipped } from './check.ts';
import { checkClock, checkCredentials, checkReachable } from './connection-checks.ts';
import { type DiagnosisRequest, noSubjects, runManagementChecks, type Subjects } from './management-checks.ts';
import { checkOrigin } from './origin-check.ts';
import { type Probed, probe } from './probe.ts';
import { featureMissing } from './tenant-checks.ts';

export interface Diagnosis extends Verdict {
  /** All checks, in order. */
  readonly checks: readonly Check[];
  /** With the detected edition. */
  readonly tenant: TenantConnection;
  readonly app: App | undefined;
  readonly api: ApiWithGrants | undefined;
  /** The scopes that guests get, as far as known. */
  readonly scopes: readonly string[];
}

/**
 * Checks every gate between a guest and a token, in order. A failure becomes a finding, and the checks that don't depend
 * on it still run. Only `probe` sends anything but reads.
 */
export async function diagnose(connection: TenantConnection, request: DiagnosisRequest): Promise<Diagnosis> {
  // One object for all checks: the Management API token is cached by it, and the edition is set once it is detected.
  const tenant = { ...connection };
  const checks = new Map<CheckName, Check>();
  const add = (...found: Check[]) => {
    for (const one of found) checks.set(one.check, one);
  };
  add(await checkReachable(tenant));
  let subjects: Subjects = noSubjects;
  const end = reasonToEnd(checks);
  if (end === undefined) {
    const credentials = await checkCredentials(tenant);
    add(credentials.check);
    if (credentials.token.ok) {
      subjects = await runManagementChecks(tenant, request, credentials.token.value.scopes, add);
    }
    const { origin } = request;
    if (origin !== undefined) add(await checkOrigin(tenant, { origin, app: subjects.app }));
    const probed = request.probe && !isRuledOut(checks) && (await probeSubjects(tenant, request, subjects));
    if (probed) add(...checksFrom(probed, checks.get('feature')));
    if (probed) subjects = { ...subjects, scopes: probed.scopes ?? subjects.scopes };
  }
  // Last, to use all responses: the first one may have come from a cache.
  if (end === undefined) add(checkClock(tenant));
  const all = withSkipped(checks, request, subjects);
  return { ...subjects, ...reachVerdict(all, subjects, request), checks: all, tenant };
}

/** Why no other check is made. Each would wait again for a rate limit that has outlasted the first. */
function reasonToEnd(checks: ReadonlyMap<CheckName, Check>): string | undefined {
  const { state, error } = checks.get('reachable') ?? {};
  if (state === 'closed') return 'the tenant is unreachable';
  return error?.code === 'rate_limited' ? "the tenant's rate limit was reached" : undefined;
}

/** The name that the user gave was not found or is ambiguous: probing with it as an id would mislead. */
function isRuledOut(checks: ReadonlyMap<CheckName, Check>): boolean {
  return (['app', 'api'] as const).some((name) =>
    ['not_found', 'ambiguous'].includes(checks.get(name)?.error?.code ?? ''),
  );
}

/** If they could not be looked up, the user's names are taken as a client id and an audience. */
async function probeSubjects(
  tenant: TenantConnection,
  request: DiagnosisRequest,
  { app, api }: Subjects,
): Promise<Probed | undefined> {
  const clientId = app?.clientId ?? request.app.named ?? request.app.chosen?.clientId;
  const audience = api?.audience ?? request.api.named ?? request.api.chosen?.audience;
  if (clientId === undefined || audience === undefined) return undefined;
  const clientSecret = request.probe?.clientSecret ?? app?.clientSecret;
  const known: RequestingApp = app ?? { clientId, name: request.app.chosen?.name ?? clientId, clientSecret };
  return probe(tenant, {
    app: known.authMethod === 'none' ? known : { ...known, clientSecret },
    api: api ?? { audience, name: request.api.chosen?.name ?? audience },
    wanted: request.wanted,
  });
}

/** The probe's check, and what it proves about the feature. */
function checksFrom({ check, scopes }: Probed, feature: Check | undefined): Check[] {
  const { error } = check;
  if (error && 'gate' in error && error.gate === 'tenant') return [featureMissing, check];
  const known = feature?.state === 'open' || feature?.state === 'closed';
  if (scopes === undefined || known) return [check];
  return [
    { check: 'feature', state: 'open', finding: 'the tenant has anonymous sessions: the probe created one' },
    check,
  ];
}

/** Adds the checks that were not made, with the reason. Only pages have an origin, so it concerns no other application. */
function withSkipped(checks: ReadonlyMap<CheckName, Check>, request: DiagnosisRequest, { app }: Subjects): Check[] {
  const concerned = checkNames.filter(
    (name) => name !== 'origin' || request.origin !== undefined || (app && hasPages(app)),
  );
  return concerned.map((name) => checks.get(name) ?? skipped(name, skipReason(name, checks, request)));
}

function skipReason(name: CheckName, checks: ReadonlyMap<CheckName, Check>, request: DiagnosisRequest): string {
  const end = reasonToEnd(checks);
  if (end !== undefined) return end;
  if (name === 'origin') return 'to check whether pages get guests: --origin http://localhost:3000';
  if (name === 'probe' && !request.probe) return 'to request real tokens, which creates a guest: --probe';
  if (name === 'probe') return 'needs an application and an API';
  if (checks.get('credentials')?.state === 'closed') return 'needs a Management API token';
  if (!checks.has('app')) return 'unknown edition: --edition <name>';
  return 'no API to check';
}

/** Whether guests can get tokens, from all checks together. */
interface Verdict {
  readonly ok: boolean;
  /** In a sentence, without a full stop. */
  readonly verdict: string;
  /** The error that a command ends with; undefined when `ok`. */
  readonly failure: AnonError | undefined;
}

/** The checks that decide whether a guest gets a token. The others only limit what can be checked. */
const gates: readonly CheckName[] = ['feature', 'app', 'api', 'grant', 'scopes', 'origin'];

/**
 * A probe decides, whether it got tokens or was refused; without one, the gates do. A closed gate counts more than an
 * unknown one. A probe comes from no page, so it does not decide about an origin.
 */
function reachVerdict(checks: readonly Check[], subjects: Subjects, request: DiagnosisRequest): Verdict {
  const { app, api } = namesOf(subjects, request);
  const probe = checks.find(({ check }) => check === 'probe');
  const origin = checks.find(({ check }) => check === 'origin');
  const left = isOpen(probe) ? ['origin'] : [...gates, 'probe'];
  const closed = checks.filter(({ check, state }) => state === 'closed' && left.includes(check));
  const originOpen = request.origin === undefined || isOpen(origin);
  if (originOpen && (isOpen(probe) || (closed.length === 0 && settled(checks)))) {
    const page = request.origin === undefined ? '' : `, on pages of ${request.origin} too`;
    // Few tenants' settings show it.
    const unproven = checks.some(({ check, state }) => check === 'feature' && state === 'unknown');
    const provided = unproven ? ', if the tenant has anonymous sessions' : '';
    const verdict = `A guest of ${app} can get a token for ${api}${page}${provided}: ${subjects.scopes.join(' ')}`;
    return { ok: true, verdict, failure: undefined };
  }
  const [first] = closed;
  if (first) {
    const others = closed.filter(({ check, fix }) => check !== 'probe' && fix !== first.fix).length;
    const more = others > 0 ? `; ${others} more ${others === 1 ? 'gate is' : 'gates are'} closed` : '';
    const what =
      first.check === 'origin'
        ? `A page on ${request.origin} cannot get a guest of ${app}`
        : `A guest of ${app} cannot get a token for ${api}`;
    const verdict = `${what}: ${first.finding}${more}`;
    return {
      ok: false,
      verdict,
      failure: (probe?.state === 'closed' && probe.error) || new AnonError('gate_closed', `${verdict}.`),
    };
  }
  const failed = checks.find(({ check, error }) => error !== undefined && (!isOpen(probe) || check === 'origin'));
  const why = failed?.finding ?? 'some checks could not be made';
  // An error's message is a sentence of its own.
  const verdict = `Cannot tell whether a guest can get a token${/^[A-Z]/.test(why) ? '. ' : ': '}${why}`;
  return { ok: false, verdict, failure: failed?.error ?? new AnonError('not_authorised', `${verdict}.`) };
}

/** All gates are known to be open, and a requested probe has a result. */
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
