import { expect } from 'vitest';
import { applySteps } from '../../src/domain/config/apply.ts';
import type { Config, ConfigApi, ConfigApp } from '../../src/domain/config/config.ts';
import { planConfig, type Step } from '../../src/domain/config/plan.ts';
import { readSnapshot } from '../../src/domain/config/read-tenant.ts';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import { connectionTo } from './domain.ts';
import { type TestTenant, testTenant } from './local.ts';

/** The APIs of {@link configTenant}, with their scopes. */
export const shop = 'https://shop.example/api';
export const stock = 'https://stock.example/api';
export const apiScopes = {
  [shop]: ['read:catalog', 'write:cart', 'read:prices'],
  [stock]: ['read:stock', 'write:stock'],
} as const;

/** A tenant with the applications `web` and `mobile` and two APIs, all closed to guests. */
export async function configTenant(edition: EditionName): Promise<TestTenant & { readonly clients: Clients }> {
  const tenant = await testTenant({ edition });
  const manage = await tenant.management();
  const clients = { web: tenant.app.client_id, mobile: '' };
  const { body } = await manage('POST', '/api/v2/clients', {
    json: { name: 'mobile', app_type: 'native', token_endpoint_auth_method: 'none', oidc_conformant: true },
  });
  clients.mobile = body.client_id;
  await tenant.change('client', clients.web, { oidc_conformant: true });
  for (const [identifier, scopes] of Object.entries(apiScopes)) {
    const name = identifier.slice(8, 13).replace('.', '');
    const json = { identifier, name, scopes: scopes.map((value) => ({ value })) };
    const made = await manage('POST', '/api/v2/resource-servers', { json });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  }
  return { ...tenant, clients };
}

export type Clients = Readonly<Record<'web' | 'mobile', string>>;

type ConfigTenant = TestTenant & { readonly clients: Clients };

/** Equal states give guests the same, and requests for tokens take most of the time of a test. */
const reaches = new Map<string, ReadonlySet<string>>();

/** What guests can get: `web https://shop.example/api`, and the same with each scope of a token. */
export async function guestReach(tenant: ConfigTenant): Promise<ReadonlySet<string>> {
  const state = await stateOf(tenant);
  const known = reaches.get(state) ?? (await askedReach(tenant));
  reaches.set(state, known);
  return known;
}

const kinds = ['client', 'resource_server', 'client_grant', 'tenant'] as const;

/** Saves the settings of a tenant; the result brings them back. */
export async function savedState({ store }: TestTenant): Promise<() => Promise<void>> {
  const saved = await Promise.all(kinds.map(async (kind) => [kind, await store.list(kind)] as const));
  const settings = await store.get('tenant', 'settings');
  return () =>
    store.write(async (writer) => {
      for (const [kind, documents] of saved) {
        if (kind === 'tenant') continue;
        const ids = new Set(documents.map(idOf));
        for (const one of await writer.list(kind)) if (!ids.has(idOf(one))) writer.remove(kind, idOf(one));
        for (const one of documents) writer.put(kind, idOf(one), one);
      }
      writer.put('tenant', 'settings', settings ?? {});
    });
}

function idOf(document: JsonObject): string {
  return String(document.client_id && !document.audience ? document.client_id : document.id);
}

async function stateOf({ store }: TestTenant): Promise<string> {
  const [clients, servers, grants, settings] = await Promise.all(kinds.map((kind) => store.list(kind)));
  return JSON.stringify([
    clients,
    servers,
    grants?.map(({ id: _, ...grant }) => JSON.stringify(grant)).sort(),
    settings,
  ]);
}

async function askedReach(tenant: ConfigTenant): Promise<Set<string>> {
  const reached = new Set<string>();
  for (const [name, client_id] of Object.entries(tenant.clients)) {
    for (const audience of Object.keys(apiScopes)) {
      const { status, body } = await tenant.anonymousToken({ client_id, audience });
      if (status !== 200) continue;
      reached.add(`${name} ${audience}`);
      for (const scope of String(body.scope ?? '').split(' ')) if (scope) reached.add(`${name} ${audience} ${scope}`);
    }
  }
  return reached;
}

interface Written {
  readonly tenant?: Config['tenant'];
  readonly apps?: Readonly<Record<string, ConfigApp>>;
  readonly apis?: Readonly<Record<string, Omit<ConfigApi, 'apps'> & { apps?: Readonly<Record<string, string[]>> }>>;
  readonly claims?: Readonly<Record<string, string>>;
}

/** A configuration without a file. */
export function configOf({ tenant, apps = {}, apis = {}, claims }: Written): Config {
  return {
    ...(tenant && { tenant }),
    apps: new Map(Object.entries(apps)),
    apis: new Map(
      Object.entries(apis).map(([audience, { apps: lists, ...api }]) => [
        audience,
        { ...api, ...(lists && { apps: new Map(Object.entries(lists)) }) },
      ]),
    ),
    ...(claims && {
      claims: Object.entries(claims).map(([name, path]) => ({ name, expression: `anonymous_session.${path}` })),
    }),
    policies: [],
  };
}

/** Applies a configuration, which must go well. */
export async function setTo(tenant: TestTenant, config: Config, prune = false): Promise<readonly Step[]> {
  const connection = connectionTo(tenant);
  const snapshot = await readSnapshot(connection);
  const { plan, problems } = planConfig(config, snapshot, { prune });
  expect(problems).toEqual([]);
  expect((await applySteps(connection, snapshot.edition, plan.steps)).failure).toBeUndefined();
  return plan.steps;
}
