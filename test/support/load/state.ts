import pg from 'pg';
import { addressOf } from '../postgres-store.ts';
import type { LoadClient } from './client.ts';
import { absent } from './history.ts';

/** A document of the tenant. */
// biome-ignore lint/suspicious/noExplicitAny: what the tests check decides its shape
export type Body = any;

/** The documents that the load writes, among others. */
export interface Documents {
  readonly clients: readonly Body[];
  readonly apis: readonly Body[];
  readonly grants: readonly Body[];
  readonly settings: Body;
}

export const [clientsPath, apisPath, grantsPath, settingsPath] = [
  '/api/v2/clients',
  '/api/v2/resource-servers',
  '/api/v2/client-grants',
  '/api/v2/tenants/settings',
] as const;

/** A part of the state that has one value: an object of the load, or a setting. */
export interface Part {
  readonly name: string;
  readonly value: string;
}

/** How a document of each kind is one of the load's parts. What else the tenant has is none. */
export const partOf = {
  client: ({ name, description }: Body): Part => ({ name: `application ${name}`, value: description }),
  api: ({ identifier, token_lifetime }: Body): Part => ({ name: `API ${identifier}`, value: String(token_lifetime) }),
  grant: ({ client_id, audience, scope }: Body): Part => ({
    name: `grant of ${client_id} for ${audience}`,
    value: scope.join(' '),
  }),
  setting: (member: string, settings: Body): Part => ({ name: `setting ${member}`, value: settings[member] }),
};

/** Members of the settings, whose values are also marked as the load's. */
export const loadedSettings = ['friendly_name', 'support_url'] as const;

/** The name of an object of the load. */
export function loadName(number: number | string): string {
  return `load ${number}`;
}

function isOfLoad(value: unknown): boolean {
  return String(value).startsWith('load ');
}

/** A value that the load has written, or {@link absent}. */
export function loadedValue(value: unknown): string {
  return isOfLoad(value) ? String(value) : absent;
}

/** The values of each part of the load: one, unless something was written twice. */
export function partsIn({ clients, apis, grants, settings }: Documents): Map<string, string[]> {
  const parts = [
    ...clients.filter(({ name }) => isOfLoad(name)).map(partOf.client),
    ...apis.filter(({ identifier }) => isOfLoad(identifier)).map(partOf.api),
    ...grants.filter(({ audience }) => isOfLoad(audience)).map(partOf.grant),
    ...loadedSettings.filter((member) => isOfLoad(settings[member])).map((member) => partOf.setting(member, settings)),
  ];
  const values = new Map<string, string[]>();
  for (const { name, value } of parts) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/** The grants whose application or API does not exist, a line each. */
export function orphansIn({ clients, apis, grants }: Documents): string[] {
  const ids = new Set(clients.map(({ client_id }) => client_id));
  const audiences = new Set(apis.map(({ identifier }) => identifier));
  return grants
    .filter(({ client_id, audience }) => !ids.has(client_id) || !audiences.has(audience))
    .map(({ client_id, audience }) => `the grant of ${client_id} for ${audience} has lost one of them`);
}

/** The documents as an instance shows them. */
export async function documentsAt(client: LoadClient, url: string, token: string): Promise<Documents> {
  const get = async (path: string) => {
    const answer = await client.ask(url, { method: 'GET', path, token, expects: [200] });
    if (answer?.status === 200) return answer.body;
    throw new Error(`GET ${path}: ${answer?.status ?? 'no answer'}`);
  };
  const all = async (path: string) => {
    const found: Body[] = [];
    for (let page = 0; found.length === page * 100; page += 1) {
      found.push(...(await get(`${path}?per_page=100&page=${page}`)));
    }
    return found;
  };
  return {
    clients: await all(clientsPath),
    apis: await all(apisPath),
    grants: await all(grantsPath),
    settings: await get(settingsPath),
  };
}

/** The documents as they are saved. */
export async function documentsIn(url: string, password: string): Promise<Documents> {
  const { host, port, user, database } = addressOf({ url, password });
  const connection = new pg.Client({ host, port, user, database, password });
  await connection.connect();
  try {
    const { rows } = await connection.query('SELECT kind, id, body FROM anon_cli.document');
    const of = (kind: string) => rows.filter((row) => row.kind === kind).map(({ body }) => JSON.parse(body));
    const settings = rows.find(({ kind, id }) => kind === 'tenant' && id === 'settings');
    return {
      clients: of('client'),
      apis: of('resource_server'),
      grants: of('client_grant'),
      settings: JSON.parse(settings.body),
    };
  } finally {
    await connection.end();
  }
}
