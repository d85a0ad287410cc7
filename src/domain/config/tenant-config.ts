import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import type { Api } from '../api/api.ts';
import type { App } from '../app/app.ts';
import { lacksConformance } from '../app/set-access.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { same } from '../plan/difference.ts';
import type { Config, ConfigApi, ConfigApp, ConfigTenant } from './config.ts';
import { readSnapshot, type TenantSnapshot } from './read-tenant.ts';
import { sorted, valuesIn } from './settings.ts';

/** A tenant as a configuration, and what a configuration cannot express. */
export interface TenantConfig {
  /** Without a place in a file, and without policies. */
  readonly config: Config;
  /** Sentences for people. */
  readonly notes: readonly string[];
}

interface Options {
  /** Everything; otherwise only what is open to guests and differs from the defaults. */
  readonly full: boolean;
}

/** Reads a tenant as a configuration: in stable order, and never with a secret. @throws as {@link readSnapshot} */
export async function readTenantConfig(tenant: TenantConnection, options: Options): Promise<TenantConfig> {
  return tenantConfigOf(await readSnapshot(tenant), options);
}

export function tenantConfigOf(snapshot: TenantSnapshot, options: Options): TenantConfig {
  const notes: string[] = [];
  const holders = new Set(snapshot.grants.map(({ clientId }) => clientId));
  const apps = [...snapshot.apps]
    .filter((app) => options.full || app.enabled || holders.has(app.clientId))
    .sort(by(({ name, clientId }) => `${name}\n${clientId}`));
  const apis = snapshot.apis.filter(({ system }) => !system).sort(by(({ audience }) => audience));
  const nameOf = appNames(snapshot.apps);
  const tenant = tenantPart(snapshot, options);
  const listed = apis.flatMap((api): [string, ConfigApi][] => {
    const part = apiPart(snapshot, api, nameOf, notes, options);
    return part ? [[api.audience, part]] : [];
  });
  const claims = sharedClaims(snapshot, notes);
  return {
    config: {
      ...(Object.keys(tenant).length > 0 && { tenant }),
      apps: new Map(apps.map((app) => [nameOf(app), appPart(snapshot.edition, app, notes, options)])),
      apis: new Map(listed),
      ...(claims.length > 0 && { claims }),
      policies: [],
    },
    notes,
  };
}

function tenantPart({ edition, settings }: TenantSnapshot, { full }: Options): ConfigTenant {
  const { lifetimeSeconds, tokenFormat, cookie } = edition.tenant.read(settings);
  return {
    ...((full || lifetimeSeconds !== edition.sessionLifetime.defaultSeconds) && { lifetimeSeconds }),
    ...((full || tokenFormat !== 'jwe') && { tokenFormat }),
    ...(cookie !== undefined && (full || !cookie) && { cookie }),
  };
}

function appPart(edition: Edition, app: App, notes: string[], { full }: Options): ConfigApp {
  const { clientId, name, oidcConformant } = app;
  const values = valuesIn(edition, { kind: 'application', clientId, name }, app.body);
  const origins = values.origins as readonly string[];
  if (app.enabled && lacksConformance(edition, app)) {
    notes.push(`Application '${name}' is enabled, but has no guests, because it is not OIDC-conformant.`);
  }
  return {
    enabled: app.enabled,
    ...((full || (edition.needsOidcConformance && oidcConformant)) && { oidcConformant }),
    ...((full || origins.length > 0) && { origins }),
  };
}

function apiPart(
  snapshot: TenantSnapshot,
  api: Api,
  nameOf: (app: App) => string,
  notes: string[],
  { full }: Options,
): ConfigApi | undefined {
  const { edition } = snapshot;
  const { enabled, tokenLifetimeSeconds } = api.guests;
  const lists = edition.grantsScopes ? grantLists(snapshot, api, nameOf, notes) : sharedScopes(edition, api, full);
  if (!full && !enabled && Object.keys(lists).length === 0) return undefined;
  const isDefault = !edition.grantsScopes && tokenLifetimeSeconds === edition.guestTokenLifetime.defaultSeconds;
  return {
    open: enabled,
    ...(tokenLifetimeSeconds !== undefined && (full || !isDefault) && { tokenLifetimeSeconds }),
    ...lists,
  };
}

function sharedScopes(edition: Edition, api: Api, full: boolean): Pick<ConfigApi, 'scopes'> {
  const { enabled, scopes = [] } = edition.resourceServer.read(api.body);
  return full || enabled || scopes.length > 0 ? { scopes: sorted(scopes) } : {};
}

/** One list where the guests of every enabled application have the same. */
function grantLists(
  { apps, grants }: TenantSnapshot,
  api: Api,
  nameOf: (app: App) => string,
  notes: string[],
): Pick<ConfigApi, 'scopes' | 'apps'> {
  const byClient = new Map(apps.map((app) => [app.clientId, app]));
  const lists = grants
    .filter(({ audience }) => audience === api.audience)
    .flatMap(({ clientId = '', scopes, allScopes }) => {
      const app = byClient.get(clientId);
      if (!app) return [];
      if (allScopes) notes.push(allScopesNote(app, api));
      return [{ app, scopes: sorted(allScopes ? api.scopes.map(({ value }) => value) : scopes) }];
    })
    .sort(by(({ app }) => nameOf(app)));
  if (lists.length === 0) return {};
  const ofEnabled = lists.filter(({ app }) => app.enabled);
  const [first] = ofEnabled;
  const everyEnabled = ofEnabled.length === apps.filter(({ enabled }) => enabled).length;
  const isShared = first !== undefined && everyEnabled && ofEnabled.every(({ scopes }) => same(scopes, first.scopes));
  const own = isShared ? lists.filter(({ app }) => !app.enabled) : lists;
  return {
    ...(isShared && { scopes: first.scopes }),
    ...(own.length > 0 && { apps: new Map(own.map(({ app, scopes }) => [nameOf(app), scopes])) }),
  };
}

function allScopesNote(app: App, api: Api): string {
  return `Guests of '${app.name}' have every scope of '${api.name}', later ones too; the file lists those of today.`;
}

/** The claims that every holder with guests maps; none where they differ. */
function sharedClaims({ edition, apps, apis }: TenantSnapshot, notes: string[]): readonly ClaimMapping[] {
  const { heldBy } = edition.claims;
  const holders =
    heldBy === 'application'
      ? apps.filter(({ enabled }) => enabled)
      : apis.filter(({ guests, system }) => guests.enabled && !system);
  const lists = holders
    .map(({ body }) => edition.claims.read(body))
    .map((claims) => [...claims].sort(by(({ name }) => name)));
  const [first = []] = lists;
  if (lists.every((claims) => same(claims, first))) return first.map(({ name, expression }) => ({ name, expression }));
  const nouns = heldBy === 'application' ? 'Enabled applications' : 'Open APIs';
  notes.push(`${nouns} map different claims, which one list can't express: claims are left out.`);
  return [];
}

/** The name of an application in a file: its client id where the name is not unique. */
function appNames(apps: readonly App[]): (app: App) => string {
  const counts = new Map<string, number>();
  for (const { name, clientId } of apps) {
    for (const key of new Set([name.toLowerCase(), clientId.toLowerCase()]))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return ({ name, clientId }) => (counts.get(name.toLowerCase()) === 1 ? name : clientId);
}

function by<Item>(keyOf: (item: Item) => string): (one: Item, other: Item) => number {
  return (one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    return a < b ? -1 : a > b ? 1 : 0;
  };
}
