import { clientUrlLimits } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { lacksConformance } from '../app/set-access.ts';
import { checkGuestTokenLifetime, checkSessionLifetime } from '../lifetime.ts';
import type { Config, ConfigApi, ConfigApp, ConfigTenant } from './config.ts';
import { type ConfigObject, keyOf, tenantObject } from './objects.ts';
import { type FoundObject, foundObject, objectsIn, type TenantSnapshot } from './read-tenant.ts';
import {
  type GuestList,
  guestLists,
  Problems,
  type ResolvedApi,
  type ResolvedApp,
  resolveApis,
  resolveApps,
  sharedList,
} from './resolve.ts';
import { sorted, sortedClaims, type Value, type Values } from './settings.ts';

/** What an object at the tenant is to be set to. */
export interface Target {
  readonly found: FoundObject;
  /** Every setting that is managed, changed or not. */
  readonly wanted: Values;
}

export interface Targets {
  /** By {@link keyOf}. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly problems: Problems['all'];
}

/** What a configuration means at a tenant, or why it means nothing there: every problem. */
export function targetsOf(config: Config, snapshot: TenantSnapshot, { prune }: { prune: boolean }): Targets {
  const draft = new Draft(snapshot);
  const { problems } = draft;
  const apps = resolveApps(config, snapshot, problems);
  const apis = resolveApis(config, snapshot, problems);
  if (config.tenant) draft.set(tenantObject, tenantTarget(config.tenant, draft));
  for (const one of apps) draft.set(appObject(one.app), appTarget(one, draft));
  for (const one of apis) setApi(one, apps, draft);
  if (config.claims) setClaims(config.claims, apps, apis, draft);
  if (prune) closeOthers(apps, apis, draft);
  return { targets: draft.targets, problems: problems.all };
}

/** Collects the settings of each object. */
class Draft {
  readonly snapshot: TenantSnapshot;
  readonly problems = new Problems();
  readonly objects: ReadonlyMap<string, FoundObject>;
  readonly targets = new Map<string, Target>();

  constructor(snapshot: TenantSnapshot) {
    this.snapshot = snapshot;
    this.objects = objectsIn(snapshot);
  }

  set(object: ConfigObject, settings: Readonly<Record<string, Value | undefined>>): void {
    const key = keyOf(object);
    const found = this.objects.get(key) ?? foundObject(this.snapshot.edition, object, undefined);
    const defined = Object.entries(settings).filter((entry): entry is [string, Value] => entry[1] !== undefined);
    if (defined.length === 0) return;
    const before = this.targets.get(key);
    this.targets.set(key, { found, wanted: { ...before?.wanted, ...Object.fromEntries(defined) } });
  }

  wanted(object: ConfigObject, name: string): Value | undefined {
    return this.targets.get(keyOf(object))?.wanted[name];
  }
}

type Settings = Readonly<Record<string, Value | undefined>>;

function tenantTarget({ lifetimeSeconds, tokenFormat, cookie }: ConfigTenant, draft: Draft): Settings {
  const { edition } = draft.snapshot;
  const { problems } = draft;
  if (lifetimeSeconds !== undefined) {
    problems.attempt(['tenant', 'lifetime'], () => checkSessionLifetime(edition, lifetimeSeconds));
  }
  if (tokenFormat !== undefined && !edition.tokenFormats.includes(tokenFormat)) {
    const message = `Edition ${edition.name} always encrypts session tokens (JWE); the format can't be ${tokenFormat}.`;
    problems.add(['tenant', 'format'], message, 'Write jwe, or leave it out.');
  }
  if (cookie !== undefined && !edition.hasCookie) {
    const message = `Edition ${edition.name} has no cookie setting.`;
    problems.add(['tenant', 'cookie'], message, 'Leave it out for this tenant.');
  }
  return { lifetime: lifetimeSeconds, format: tokenFormat, cookie };
}

function appTarget({ reference, app, wanted }: ResolvedApp, draft: Draft): Settings {
  const { edition } = draft.snapshot;
  const { enabled, oidcConformant, origins } = wanted;
  checkOrigins(draft, reference, origins);
  if (enabled && lacksConformance(edition, { oidcConformant: oidcConformant ?? app.oidcConformant })) {
    draft.problems.add(
      ['apps', reference, 'enabled'],
      `Application '${app.name}' is not OIDC-conformant, which guest sessions require in edition ${edition.name}.`,
      'Set its oidc-conformant to true. That changes how the application signs users in.',
    );
  }
  return { enabled, 'oidc-conformant': oidcConformant, origins: origins && sorted(origins) };
}

function checkOrigins({ problems }: Draft, reference: string, origins: ConfigApp['origins'] = []): void {
  const limit = clientUrlLimits.web_origins ?? Number.POSITIVE_INFINITY;
  if (origins.length <= limit) return;
  problems.add(['apps', reference, 'origins'], `${origins.length} origins are too many; the maximum is ${limit}.`);
}

function setApi(one: ResolvedApi, apps: readonly ResolvedApp[], draft: Draft): void {
  const { audience, api, wanted } = one;
  const { snapshot, problems } = draft;
  const { edition } = snapshot;
  const { open, tokenLifetimeSeconds: lifetime } = wanted;
  if (lifetime !== undefined) {
    problems.attempt(['apis', audience, 'token-lifetime'], () => checkGuestTokenLifetime(edition, lifetime));
  }
  const lists = guestLists(snapshot, problems, apps, one);
  draft.set(apiObject(api), { open, 'token-lifetime': lifetime });
  if (!edition.grantsScopes) {
    draft.set(apiObject(api), { scopes: sharedList(edition, problems, apps, one, lists) });
    return;
  }
  for (const list of lists) draft.set(grantObject(api, list), { scopes: list.scopes });
}

function setClaims(
  claims: NonNullable<Config['claims']>,
  apps: readonly ResolvedApp[],
  apis: readonly ResolvedApi[],
  draft: Draft,
): void {
  const { name, claims: rules } = draft.snapshot.edition;
  if (claims.length > rules.maxClaims) {
    const message = `${claims.length} claims are too many: edition ${name} maps at most ${rules.maxClaims}.`;
    draft.problems.add(['claims'], message, 'Remove some.');
  }
  const holders =
    rules.heldBy === 'application'
      ? apps.filter(({ wanted }) => wanted.enabled).map(({ app }) => appObject(app))
      : apis.filter(({ wanted }) => wanted.open).map(({ api }) => apiObject(api));
  for (const holder of holders) draft.set(holder, { claims: sortedClaims(claims) });
}

/**
 * Warnings of what a configuration says without effect in an edition: nobody in it is to get its `claims`, or an API's `scopes`.
 * Where it disables all of them, that is meant.
 */
export function withoutEffect(
  { apps, apis, claims }: Config,
  { name, claims: rules, grantsScopes }: Edition,
): string[] {
  const decidesApps = [...apps.values()].some(({ enabled }) => enabled !== undefined);
  const decidesApis = [...apis.values()].some(({ open }) => open !== undefined);
  const byApp = rules.heldBy === 'application';
  const warnings: string[] = [];
  if (claims && !(byApp ? decidesApps : decidesApis)) {
    const holder = byApp
      ? 'application, and no application here has enabled: true'
      : 'API, and no API here has open: true';
    warnings.push(`claims has no effect: edition ${name} maps claims for each ${holder}.`);
  }
  for (const [audience, { scopes, apps: lists }] of apis) {
    if (!grantsScopes || !scopes || lists?.size || decidesApps) continue;
    warnings.push(
      `The scopes of ${audience} have no effect: edition ${name} grants scopes for each application, and no application here has enabled: true.`,
    );
  }
  return warnings;
}

/** Closes what the file does not open: applications, APIs, and the lists of guests there. */
function closeOthers(apps: readonly ResolvedApp[], apis: readonly ResolvedApi[], draft: Draft): void {
  const { grantsScopes } = draft.snapshot.edition;
  for (const { object, values } of draft.objects.values()) {
    if (object.kind === 'application' && values.enabled === true && draft.wanted(object, 'enabled') !== true) {
      draft.set(object, { enabled: false });
    }
    if (object.kind === 'api' && draft.wanted(object, 'open') !== true) {
      if (values.open === true) draft.set(object, { open: false });
      const lists = !grantsScopes && (values.scopes as string[]).length > 0;
      if (lists && draft.wanted(object, 'scopes') === undefined) draft.set(object, { scopes: [] });
    }
    if (object.kind === 'grant' && !isOpened(object, apps, apis, draft)) draft.set(object, { scopes: null });
  }
}

/** The file gives a list there, or leaves the list of an application and an API alone that it opens both. */
function isOpened(
  object: ConfigObject & { kind: 'grant' },
  apps: readonly ResolvedApp[],
  apis: readonly ResolvedApi[],
  draft: Draft,
): boolean {
  if (draft.wanted(object, 'scopes') !== undefined) return true;
  const api = apis.find(({ audience, wanted }) => audience === object.audience && wanted.open);
  const app = apps.find((one) => one.app.clientId === object.clientId && one.wanted.enabled);
  return api !== undefined && app !== undefined && saysNothing(api.wanted);
}

function saysNothing({ scopes, apps }: ConfigApi): boolean {
  return scopes === undefined && (apps === undefined || apps.size === 0);
}

function appObject({ clientId, name }: ResolvedApp['app']): ConfigObject {
  return { kind: 'application', clientId, name };
}

function apiObject({ id, audience, name }: ResolvedApi['api']): ConfigObject {
  return { kind: 'api', id, audience, name };
}

function grantObject({ audience, name }: ResolvedApi['api'], { app }: GuestList): ConfigObject {
  return { kind: 'grant', clientId: app.clientId, audience, app: app.name, api: name };
}
