import { databaseConnection } from '../../wire/login.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import type { Moment } from '../scope.ts';
import { isoTime, shownUser, withoutUndefined } from '../users/user.ts';
import type { LoginFacts, TransactionForActions } from './login-facts.ts';
import type { ActionTrigger } from './runner.ts';

/** `event.connection`. Assumed: the id. */
export const connectionForActions = { id: 'con_UsernamePassword', name: databaseConnection, strategy: 'auth0' };

/** The name of the tenant in `event.tenant`. */
const tenantId = 'local';

/**
 * `event`, as the Actions of a trigger get it, without `event.secrets`. What the service has and this one does not is
 * undefined, as it is there for tenants without the feature.
 * @see https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers
 */
export function actionEvent(trigger: ActionTrigger, facts: LoginFacts, moment: Pick<Moment, 'nowSeconds'>): JsonObject {
  const common = {
    anonymous_session: facts.guest && guestForActions(facts.guest),
    client: clientForActions(facts.client),
    configuration: {},
    connection: connectionForActions,
    request: requestForActions(facts),
    tenant: { id: tenantId },
    transaction: transactionForActions(facts.transaction),
  };
  if (trigger === 'pre-user-registration') return withoutUndefined({ ...common, user: newUserForActions(facts.user) });
  return withoutUndefined({
    ...common,
    ...{ authentication: authentication(facts, moment), authorization: { roles: [] } },
    resource_server: facts.server && { identifier: facts.server.identifier },
    session: facts.session && sessionForActions(facts.session),
    stats: { logins_count: typeof facts.user.logins_count === 'number' ? facts.user.logins_count : 0 },
    user: userForActions(facts.user),
  });
}

/** `event.anonymous_session`. Both times have the form of the session token. @see wire contract, section 5 */
export function guestForActions({ user_id, session_id, created_at, exp, metadata }: SessionTokenClaims): JsonObject {
  const expires_at = exp !== undefined && typeof created_at === 'string' ? isoTime(exp) : exp;
  return withoutUndefined({ user_id, session_id, created_at, expires_at, metadata });
}

function clientForActions({ client_id, name, client_metadata }: JsonObject): JsonObject {
  return { client_id, name, metadata: isJsonObject(client_metadata) ? client_metadata : {} };
}

/** Names of members that hold a secret of the user. */
const secretMembers = /password|secret|^client_assertion$/i;

function requestForActions({ request }: LoginFacts): JsonObject {
  const { method, hostname, ip, userAgent, language, query } = request;
  const body = Object.fromEntries(Object.entries(request.body).filter(([name]) => !secretMembers.test(name)));
  return withoutUndefined({ method, hostname, ip, user_agent: userAgent, language, query, body, geoip: {} });
}

function transactionForActions(transaction: TransactionForActions): JsonObject {
  return withoutUndefined({
    protocol: transaction.protocol,
    requested_scopes: transaction.requestedScopes,
    redirect_uri: transaction.redirectUri,
    response_type: transaction.responseType,
    response_mode: transaction.responseMode,
    prompt: transaction.prompt,
    state: transaction.state,
    login_hint: transaction.loginHint,
    ui_locales: transaction.uiLocales,
    acr_values: transaction.acrValues,
    locale: transaction.uiLocales[0] ?? 'en',
  });
}

function authentication({ session }: LoginFacts, { nowSeconds }: Pick<Moment, 'nowSeconds'>): JsonObject {
  return { methods: [{ name: 'pwd', timestamp: isoTime(session?.authTimeSeconds ?? nowSeconds) }] };
}

function sessionForActions({ id, authTimeSeconds }: NonNullable<LoginFacts['session']>): JsonObject {
  return { id, authenticated_at: isoTime(authTimeSeconds) };
}

/** Without what only the Management API shows. */
function userForActions(user: JsonObject): JsonObject {
  const { logins_count: _, last_login: __, last_ip: ___, ...shown } = shownUser(user);
  return { app_metadata: {}, user_metadata: {}, ...shown };
}

/** Assumed: a user who is not created yet has neither an id nor what follows from it. */
function newUserForActions(user: JsonObject): JsonObject {
  const { user_id: _, identities: __, created_at: ___, updated_at: ____, ...rest } = userForActions(user);
  return rest;
}
