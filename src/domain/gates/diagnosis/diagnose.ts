import type { ApiWithGrants } from '../../api/api.ts';
import type { App } from '../../app/app.ts';
import type { RequestingApp } from '../../app/find.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { type Check, type CheckName, checkNames, skipped } from './check.ts';
import { checkClock, checkCredentials, checkReachable } from './connection-checks.ts';
import { type DiagnosisRequest, noSubjects, runManagementChecks, type Subjects } from './management-checks.ts';
import { type Probed, probe } from './probe.ts';
import { featureMissing } from './tenant-checks.ts';
import { reachVerdict, type Verdict } from './verdict.ts';

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
  if (checks.get('reachable')?.state !== 'closed') {
    const credentials = await checkCredentials(tenant);
    add(credentials.check);
    if (credentials.token.ok) {
      subjects = await runManagementChecks(tenant, request, credentials.token.value.scopes, add);
    }
    const probed = request.probe && !isRuledOut(checks) && (await probeSubjects(tenant, request, subjects));
    if (probed) add(...checksFrom(probed, checks.get('feature')));
    if (probed) subjects = { ...subjects, scopes: probed.scopes ?? subjects.scopes };
  }
  // Last, to use all responses: the first one may have come from a cache.
  if (checks.get('reachable')?.state !== 'closed') add(checkClock(tenant));
  const all = withSkipped(checks, request);
  return { ...subjects, ...reachVerdict(all, subjects, request), checks: all, tenant };
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

/** Adds the checks that were not made, with the reason. */
function withSkipped(checks: ReadonlyMap<CheckName, Check>, request: DiagnosisRequest): Check[] {
  return checkNames.map((name) => checks.get(name) ?? skipped(name, skipReason(name, checks, request)));
}

function skipReason(name: CheckName, checks: ReadonlyMap<CheckName, Check>, request: DiagnosisRequest): string {
  if (checks.get('reachable')?.state === 'closed') return 'the tenant is unreachable';
  if (name === 'probe' && !request.probe) return 'requests real tokens and creates a guest: --probe';
  if (name === 'probe') return 'needs an application and an API';
  if (checks.get('credentials')?.state === 'closed') return 'needs a Management API token';
  if (!checks.has('app')) return 'unknown edition: --edition <name>';
  return 'no API to check';
}
