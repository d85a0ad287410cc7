import type { ApiWithGrants } from '../../api/api.ts';
import type { App } from '../../app/app.ts';
import type { RequestingApp } from '../../app/find.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { type Check, type CheckName, checkNames, skipped } from './check.ts';
import { checkClock, checkCredentials, checkReachable } from './connection-checks.ts';
import { look, nothing, type Question, type Seen } from './look.ts';
import { type Probed, probe } from './probe.ts';
import { featureMissing } from './tenant-checks.ts';
import { judge, type Verdict } from './verdict.ts';

export interface Diagnosis extends Verdict {
  /** All of them, in order. */
  readonly checks: readonly Check[];
  /** The tenant as it was looked at, in the edition that was found. */
  readonly tenant: TenantConnection;
  readonly app: App | undefined;
  readonly api: ApiWithGrants | undefined;
  /** What guests get, as far as it could be told. */
  readonly scopes: readonly string[];
}

/**
 * Walks all gates between a guest and a token, in order. What fails on the way is a finding, and what can be looked at
 * all the same is. Only with `probe` is anything sent but questions.
 */
export async function diagnose(connection: TenantConnection, question: Question): Promise<Diagnosis> {
  // One object on the whole way, since the token is kept by it; the edition is filled in when it is known.
  const tenant = { ...connection };
  const checks = new Map<CheckName, Check>();
  const add = (...found: Check[]) => {
    for (const one of found) checks.set(one.check, one);
  };
  add(await checkReachable(tenant));
  let seen: Seen = nothing;
  if (checks.get('reachable')?.state !== 'closed') {
    const credentials = await checkCredentials(tenant);
    add(credentials.check);
    if (credentials.token.ok) {
      seen = await look(tenant, question, credentials.token.value.scopes, add);
    }
    const probed = question.probe && !isRuledOut(checks) && (await probeAs(tenant, question, seen));
    if (probed) add(...foundBy(probed, checks.get('feature')));
    if (probed) seen = { ...seen, scopes: probed.scopes ?? seen.scopes };
  }
  // By all that was answered: a first answer may have come out of a cache.
  if (checks.get('reachable')?.state !== 'closed') add(checkClock(tenant));
  const all = complete(checks, question);
  return { ...seen, ...judge(all, seen, question), checks: all, tenant };
}

/** The tenant was looked at, and has nothing of that name or several: a probe of the name itself would only mislead. */
function isRuledOut(checks: ReadonlyMap<CheckName, Check>): boolean {
  return (['app', 'api'] as const).some((name) =>
    ['not_found', 'ambiguous'].includes(checks.get(name)?.error?.code ?? ''),
  );
}

/** Without a look at the tenant, what the user named is taken for a client id and an audience. */
async function probeAs(tenant: TenantConnection, question: Question, { app, api }: Seen): Promise<Probed | undefined> {
  const clientId = app?.clientId ?? question.app.named ?? question.app.chosen?.clientId;
  const audience = api?.audience ?? question.api.named ?? question.api.chosen?.audience;
  if (clientId === undefined || audience === undefined) return undefined;
  const clientSecret = question.probe?.clientSecret ?? app?.clientSecret;
  const known: RequestingApp = app ?? { clientId, name: question.app.chosen?.name ?? clientId, clientSecret };
  return probe(tenant, {
    app: known.authMethod === 'none' ? known : { ...known, clientSecret },
    api: api ?? { audience, name: question.api.chosen?.name ?? audience },
    wanted: question.wanted,
  });
}

/** A guest who got tokens proves the feature, and a refusal may name it. */
function foundBy({ check, scopes }: Probed, feature: Check | undefined): Check[] {
  const { error } = check;
  if (error && 'gate' in error && error.gate === 'tenant') return [featureMissing, check];
  const told = feature?.state === 'open' || feature?.state === 'closed';
  if (scopes === undefined || told) return [check];
  return [{ check: 'feature', state: 'open', finding: 'the tenant has anonymous sessions: the probe got one' }, check];
}

/** What was not looked at, and why. */
function complete(checks: ReadonlyMap<CheckName, Check>, question: Question): Check[] {
  return checkNames.map((name) => checks.get(name) ?? skipped(name, whyNot(name, checks, question)));
}

function whyNot(name: CheckName, checks: ReadonlyMap<CheckName, Check>, question: Question): string {
  if (checks.get('reachable')?.state === 'closed') return 'the tenant cannot be reached';
  if (name === 'probe' && !question.probe) return 'asks for real tokens, and makes a guest: --probe';
  if (name === 'probe') return 'takes an application and an API';
  if (checks.get('credentials')?.state === 'closed') return 'takes a Management API token';
  if (!checks.has('app')) return 'the edition is not known: --edition <name>';
  return 'there is no API to look at';
}
