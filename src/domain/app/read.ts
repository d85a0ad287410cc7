import { AnonError, isAnonError } from '../../errors.ts';
import { type ClientBody, client, clientFields, clientPage, clientPath, clientsPath } from '../../wire/client.ts';
import type { ApiWithGrants } from '../api/api.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf, managementRequest } from '../exchange/management/request.ts';
import { allCheckpoints, type List } from '../exchange/pages.ts';
import { shellWord } from '../shell-word.ts';
import { type App, appOf } from './app.ts';

/** Every application of the tenant, without secrets. The global client is not an application, and is left out. */
export async function listApps(tenant: TenantConnection): Promise<App[]> {
  const edition = await editionOf(tenant);
  const bodies = await allCheckpoints(tenant, clientList(tenant, clientFields(edition)));
  return bodies.filter((body) => body.global !== true).map((body) => appOf(edition, body));
}

/** The list of applications, limited to `fields`. */
export function clientList(tenant: TenantConnection, fields: string): List<ClientBody> {
  return {
    plural: 'applications',
    fallbackHint: 'Pass the client id of the application.',
    idOf: ({ client_id }) => client_id,
    async page(query, measure) {
      const path = `${clientsPath}?${query}&fields=${fields}&include_fields=true`;
      const { clients: items, next } = await managementRequest(tenant, clientPage, { method: 'GET', path, measure });
      return { items, next };
    },
  };
}

/** The members that credentials see with any scope for applications. @see management-api, section 2.2 */
const summary = ['client_id', 'app_type', 'name', 'description'];

/** The tenant leaves out what credentials may not read, and a setting that is left out would count as off. */
function checkReadable({ profile }: TenantConnection, body: ClientBody): void {
  const { oidc_conformant: conformant, ...others } = body;
  const isSummary = 'app_type' in body && Object.keys(others).every((member) => summary.includes(member));
  if (conformant || !isSummary) return;
  const name = shellWord(body.name || body.client_id);
  throw new AnonError('not_authorised', `The tenant shows no settings of application ${name} to these credentials.`, {
    hint: `Grant the client of profile '${profile}' the Management API scope read:clients.`,
  });
}

/**
 * One application by its client id, with its secret if the credentials may read it; undefined when not found.
 * @throws {AnonError} `not_authorised` for credentials that may read only its name
 */
export async function readApp(tenant: TenantConnection, clientId: string): Promise<App | undefined> {
  const edition = await editionOf(tenant);
  try {
    const body = await managementRequest(tenant, client, { method: 'GET', path: clientPath(clientId) });
    checkReadable(tenant, body);
    return appOf(edition, body);
  } catch (error) {
    if (isAnonError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}

/**
 * The names of the applications whose guests have grants at an API, by client id. Empty for credentials that may not
 * read applications: the grants are worth showing anyway.
 */
export async function grantHolderNames(
  tenant: TenantConnection,
  { grants }: ApiWithGrants,
): Promise<ReadonlyMap<string, string>> {
  if (grants.every(({ clientId }) => clientId === undefined)) return new Map();
  try {
    return new Map((await listApps(tenant)).map(({ clientId, name }) => [clientId, name]));
  } catch (error) {
    if (isAnonError(error) && error.code === 'not_authorised') return new Map();
    throw error;
  }
}

/** The name of an application, for completion. */
export interface NamedApp {
  readonly name: string;
  readonly clientId: string;
}

/**
 * Fetches only the names of all applications, in any edition, and passes them on page by page: completion may run out
 * of time before the last page.
 */
export async function eachAppName(tenant: TenantConnection, onPage: (apps: NamedApp[]) => void): Promise<void> {
  await allCheckpoints(tenant, clientList(tenant, 'client_id,name,global'), (page) => onPage(namedApps(page)));
}

/** Leaves out the global client, which is not an application. */
export function namedApps(bodies: readonly ClientBody[]): NamedApp[] {
  return bodies
    .filter((body) => body.global !== true)
    .map(({ client_id, name }) => ({ name: name || client_id, clientId: client_id }));
}
