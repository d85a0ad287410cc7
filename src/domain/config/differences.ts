import { same } from '../plan/difference.ts';
import type { Config, ConfigApi } from './config.ts';
import { sorted, sortedClaims, type Value } from './settings.ts';

/** A configuration to compare: of a tenant, or in a file. */
export interface Side {
  readonly config: Config;
  /** A file compares only what it manages. */
  readonly isFile: boolean;
  /** The names of the tenant's applications by client id; empty for a file. */
  readonly names: ReadonlyMap<string, string>;
}

/** A setting that differs between two configurations. Null: not set there. */
export interface Difference {
  readonly object: { readonly kind: 'tenant' | 'application' | 'api' | 'claims'; readonly name: string };
  readonly setting: string;
  /** For scopes: the application whose guests get them. */
  readonly app: string | undefined;
  readonly before: Value;
  readonly after: Value;
}

/**
 * How the second configuration differs from the first. Applications are the same where their names are, because tenants give
 * them different client ids.
 */
export function differencesBetween(one: Side, other: Side): Difference[] {
  const known = new Map([...one.names, ...other.names]);
  const [before, after] = [settingsOf(one.config, known), settingsOf(other.config, known)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const setting = old ?? now;
    // What a file does not name is not managed.
    if (!setting || (one.isFile && !other.isFile && !old) || (other.isFile && !one.isFile && !now)) return [];
    const [from, to] = [old?.value ?? null, now?.value ?? null];
    const { object, app, name } = setting;
    return same(from, to) || isClosed(from, to) ? [] : [{ object, app, setting: name, before: from, after: to }];
  });
}

/** Not there, and there but closed, are the same to guests. */
function isClosed(one: Value, other: Value): boolean {
  const isNothing = (value: Value) => value === null || value === false || (Array.isArray(value) && value.length === 0);
  return isNothing(one) && isNothing(other);
}

interface Setting {
  readonly object: Difference['object'];
  readonly name: string;
  readonly app: string | undefined;
  readonly value: Value;
}

function settingsOf(config: Config, names: ReadonlyMap<string, string>): Map<string, Setting> {
  const found = new Map<string, Setting>();
  const add = (object: Setting['object'], name: string, value: Value | undefined, app?: string) => {
    if (value === undefined) return;
    found.set(JSON.stringify([object.kind, object.name, name, app]), { object, name, app, value });
  };
  const nameOf = (reference: string) => names.get(reference) ?? reference;
  const { lifetimeSeconds, tokenFormat, cookie } = config.tenant ?? {};
  const tenant = { kind: 'tenant', name: 'tenant' } as const;
  add(tenant, 'lifetime', lifetimeSeconds);
  add(tenant, 'format', tokenFormat);
  add(tenant, 'cookie', cookie);
  const enabled: string[] = [];
  for (const [reference, app] of config.apps) {
    const object = { kind: 'application', name: nameOf(reference) } as const;
    if (app.enabled) enabled.push(object.name);
    add(object, 'enabled', app.enabled);
    // Without guests it makes no difference to them.
    if (app.enabled) add(object, 'oidc-conformant', app.oidcConformant);
    if (app.enabled) add(object, 'origins', app.origins && sorted(app.origins));
  }
  for (const [audience, api] of config.apis) {
    const object = { kind: 'api', name: audience } as const;
    add(object, 'open', api.open);
    if (api.open) add(object, 'token-lifetime', api.tokenLifetimeSeconds);
    for (const [app, scopes] of listsOf(api, enabled, nameOf)) add(object, 'scopes', sorted(scopes), app);
  }
  if (config.claims) add({ kind: 'claims', name: 'claims' }, 'claims', sortedClaims(config.claims));
  return found;
}

/** The scopes of the guests of each application. */
function listsOf(
  { scopes, apps = new Map() }: ConfigApi,
  enabled: readonly string[],
  nameOf: (reference: string) => string,
): Map<string, readonly string[]> {
  const shared = scopes ? enabled.map((name) => [name, scopes] as const) : [];
  const own = [...apps].map(([reference, list]) => [nameOf(reference), list] as const);
  return new Map([...shared, ...own]);
}
