import { ResponseError } from '../../../errors.ts';
import { detectEdition, type Edition, type EditionName } from '../../../wire/edition/edition.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import type { TenantSettingsBody } from '../../../wire/tenant-settings.ts';
import type { ApiWithGrants } from '../../api/api.ts';
import { apiWithGrants } from '../../api/guest-grants.ts';
import type { App } from '../../app/app.ts';
import type { RequestingApp } from '../../app/choose.ts';
import type { ChosenApi, ChosenApp, TenantConnection } from '../../ports.ts';
import { readSettings } from '../../tenant/settings.ts';
import { apiToCheck, checkApi, checkGrant, checkScopes, effectiveScopes } from './api-checks.ts';
import { appToCheck, checkApp } from './app-check.ts';
import {
  type Attempt,
  attempt,
  type Check,
  type CheckName,
  checkNames,
  closedBy,
  phrase,
  skipped,
  unseen,
} from './check.ts';
import { checkCredentials, checkManagementScopes, checkReachable } from './connection-checks.ts';
import { type Probed, probe } from './probe.ts';
import { checkEdition, checkFeature, checkFormat, checkLifetime, featureMissing } from './tenant-checks.ts';
import { judge, type Verdict } from './verdict.ts';

export interface Question {
  readonly app: { readonly named: string | undefined; readonly chosen: ChosenApp | undefined };
  readonly api: { readonly named: string | undefined; readonly chosen: ChosenApi | undefined };
  /** The scopes that guests are to get; none: any will do. */
  readonly wanted: readonly string[];
  /** What the user says the tenant speaks, against what its settings tell. */
  readonly forcedEdition: EditionName | undefined;
  /** Make a guest. The application's secret where the user gave one. */
  readonly probe: { readonly clientSecret: string | undefined } | undefined;
}

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
    const probed = question.probe && (await probeAs(tenant, question, seen));
    if (probed) add(...foundBy(probed, checks.get('feature')));
    seen = { ...seen, scopes: probed?.scopes ?? seen.scopes };
  }
  const all = complete(checks, question);
  return { ...seen, ...judge(all, seen, question), checks: all, tenant };
}

interface Seen {
  readonly app: App | undefined;
  readonly api: ApiWithGrants | undefined;
  readonly scopes: readonly string[];
}

const nothing: Seen = { app: undefined, api: undefined, scopes: [] };

/** Everything that takes the Management API. */
async function look(
  tenant: TenantConnection & { edition: EditionName | undefined },
  question: Question,
  managementScopes: readonly string[] | undefined,
  add: (...found: Check[]) => void,
): Promise<Seen> {
  const settings = await attempt(() => readSettings(tenant));
  if (!settings.ok && settings.error instanceof ResponseError && settings.error.status === 401) {
    // A token that somebody handed over, and that the tenant does not take.
    add(closedBy('credentials', settings.error));
    return nothing;
  }
  if (settings.ok) add(checkEdition(tenant, settings.value));
  const edition = await settleEdition(tenant, question, settings);
  add(checkManagementScopes(tenant, managementScopes, edition));
  add(...tenantChecks(tenant, edition, settings));
  if (!edition) return nothing;
  const app = await attempt(() => appToCheck(tenant, question.app));
  add(app.ok ? checkApp(tenant, edition, app.value) : unchosen('app', app.error));
  const api = await attempt(() => apiToCheck(tenant, question.api));
  if (!api.ok) {
    add(unchosen('api', api.error));
    return { ...nothing, app: app.ok ? app.value : undefined };
  }
  const grants = await attempt(() => apiWithGrants(tenant, api.value));
  const meeting = {
    edition,
    app: app.ok ? app.value : undefined,
    api: grants.ok ? grants.value : { ...api.value, grants: [] },
    wanted: question.wanted,
  };
  add(checkApi(tenant, meeting));
  if (!grants.ok) {
    add(unseen('grant', grants.error), skipped('scopes', 'the grants could not be looked at'));
    return { ...meeting, scopes: [] };
  }
  const grant = checkGrant(tenant, meeting);
  add(
    grant,
    grant.state === 'closed' ? skipped('scopes', 'without a grant there are none') : checkScopes(tenant, meeting),
  );
  return { ...meeting, scopes: effectiveScopes(meeting.api, meeting.app) };
}

/** What the tenant tells wins over what a profile remembers, and what the user says now over both. */
async function settleEdition(
  tenant: { edition: EditionName | undefined } & Pick<TenantConnection, 'rememberEdition'>,
  { forcedEdition }: Question,
  settings: Attempt<TenantSettingsBody>,
): Promise<Edition | undefined> {
  const remembered = tenant.edition;
  const told = settings.ok ? detectEdition(settings.value) : undefined;
  tenant.edition = forcedEdition ?? told ?? remembered;
  if (remembered === undefined && told !== undefined) await tenant.rememberEdition(told);
  return tenant.edition && editionNamed(tenant.edition);
}

function tenantChecks(
  tenant: TenantConnection,
  edition: Edition | undefined,
  settings: Attempt<TenantSettingsBody>,
): Check[] {
  if (!settings.ok) {
    return (['edition', 'feature', 'lifetime', 'format'] as const).map((name) =>
      name === 'edition' ? unseen(name, settings.error) : skipped(name, 'the settings could not be read'),
    );
  }
  const feature = checkFeature(settings.value);
  if (!edition) return [feature];
  return [feature, checkLifetime(tenant, edition, settings.value), checkFormat(tenant, edition, settings.value)];
}

/** That none of several can be told is not certain to stand in a guest's way; that none is open is. */
function unchosen(check: CheckName, error: Check['error'] & {}): Check {
  const { message, hint, code } = error;
  if (code !== 'gate_closed') return unseen(check, error);
  const [, fix] = /: (anon-cli [^<]+)$/.exec(hint ?? '') ?? [];
  return { check, state: 'closed', finding: phrase(message), fix, advice: fix ? undefined : hint };
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
  if (error && 'error' in error && error.error === 'feature_not_enabled') return [featureMissing, check];
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
