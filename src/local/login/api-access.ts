import { identityScopes } from '../../wire/login.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { definedScopes, findGrant, findServer, grantedScopes } from '../clients/grants.ts';
import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { AuthorizationError } from './authorization.ts';

/** What users may get through an application. */
export interface UserAccess {
  /** The API's; undefined for an access token that is only for /userinfo. */
  readonly audience: string | undefined;
  readonly server: JsonObject | undefined;
  /** The granted scopes, in the order in which they were requested. */
  readonly scope: readonly string[];
  /** Whether a refresh token is issued. */
  readonly offline: boolean;
}

/**
 * What an authorization request gets: the API, or the tenant's default one, and those of the requested scopes that exist
 * and are allowed; the service drops all others. @throws {AuthorizationError} access_denied
 */
export async function findUserAccess(
  store: StoreReader,
  { settings }: Moment,
  client: JsonObject,
  requested: { readonly audience: string | undefined; readonly scope: readonly string[] },
): Promise<UserAccess> {
  const audience = requested.audience || settings.default_audience || undefined;
  const server = typeof audience === 'string' ? await findServer(store, audience) : undefined;
  if (audience !== undefined && !server) {
    throw new AuthorizationError('access_denied', `Service not found: ${String(audience)}`);
  }
  const identity: readonly string[] = mayStayOffline(client, server)
    ? identityScopes
    : identityScopes.filter((value) => value !== 'offline_access');
  const available = [...identity, ...(server ? await scopesForUsers(store, client, server) : [])];
  const scope = [...new Set(requested.scope)].filter((value) => available.includes(value));
  return {
    audience: server && String(server.identifier),
    server,
    scope,
    offline: scope.includes('offline_access'),
  };
}

function mayStayOffline(client: JsonObject, server: JsonObject | undefined): boolean {
  const grants = Array.isArray(client.grant_types) ? client.grant_types : [];
  return grants.includes('refresh_token') && (!server || server.allow_offline_access === true);
}

/**
 * An API's scopes that users may have through an application. The Management API gives users none: their tokens must never
 * configure the tenant. @throws {AuthorizationError} access_denied
 */
async function scopesForUsers(store: StoreReader, client: JsonObject, server: JsonObject): Promise<readonly string[]> {
  if (server.is_system === true) return [];
  const defined = definedScopes(server);
  const access = server.subject_type_authorization as { user?: { policy?: string } } | undefined;
  const policy = access?.user?.policy ?? 'allow_all';
  if (policy === 'allow_all') return defined;
  const { client_id: clientId } = client;
  const grant =
    policy === 'require_client_grant'
      ? await findGrant(store, { clientId, audience: server.identifier, subject: 'user' })
      : undefined;
  if (grant) return grantedScopes(grant, defined);
  const description = `Client "${String(clientId)}" is not authorized to access resource server "${String(server.identifier)}".`;
  throw new AuthorizationError('access_denied', description);
}
