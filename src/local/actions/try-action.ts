import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { readSessionToken } from '../guests/session-token.ts';
import type { Moment, TenantScope } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { findUser, findUserByEmail } from '../users/user.ts';
import { actionEvent } from './event.ts';
import type { LoginFacts } from './login-facts.ts';
import type { ActionOutcome, ActionTrigger } from './runner.ts';

/** A file to run once as an Action, with a sample login. */
export interface ActionAttempt {
  readonly trigger: ActionTrigger;
  /** An absolute path. */
  readonly file: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** The e-mail address or id of a user of the tenant; by default a sample user. */
  readonly user?: string | undefined;
  /** The session token of the guest who comes along. */
  readonly sessionToken?: string | undefined;
  /** Members that replace those of the sample event. */
  readonly event?: JsonObject | undefined;
}

export type AttemptResult =
  | { readonly kind: 'unknown_user' }
  /** The session token is not one of this tenant, or has expired. */
  | { readonly kind: 'no_guest' }
  | { readonly kind: 'ran'; readonly outcome: ActionOutcome };

/** Runs an Action and saves nothing. */
export async function tryAction(
  { store, runAction }: TenantScope,
  moment: Moment,
  { trigger, file, secrets, user: reference, sessionToken, event: replaced }: ActionAttempt,
): Promise<AttemptResult> {
  const user = reference === undefined ? sampleUser : await userNamed(store, reference);
  if (user === undefined) return { kind: 'unknown_user' };
  const guest = sessionToken === undefined ? undefined : guestIn(moment, sessionToken);
  if (sessionToken !== undefined && guest === undefined) return { kind: 'no_guest' };
  const facts = await sampleLogin(store, moment, { trigger, user, guest });
  const event = { ...actionEvent(trigger, facts, moment), ...replaced, secrets };
  const outcome = await runAction?.({ trigger, file, event });
  return { kind: 'ran', outcome: outcome ?? { commands: [], printed: [], failure: 'this tenant runs no Actions' } };
}

const sampleUser: JsonObject = {
  user_id: 'auth0|507f1f77bcf86cd799439020',
  email: 'jane@example.com',
  email_verified: false,
  name: 'jane@example.com',
  nickname: 'jane',
  identities: [
    {
      connection: 'Username-Password-Authentication',
      user_id: '507f1f77bcf86cd799439020',
      provider: 'auth0',
      isSocial: false,
    },
  ],
  logins_count: 1,
};

async function userNamed(store: StoreReader, reference: string): Promise<JsonObject | undefined> {
  return (await findUser(store, reference)) ?? findUserByEmail(store, reference);
}

function guestIn({ keys, edition, nowSeconds }: Moment, token: string): SessionTokenClaims | undefined {
  const claims = readSessionToken(keys, edition, token);
  return claims?.exp !== undefined && claims.exp <= nowSeconds ? undefined : claims;
}

/** A login at the first application of the tenant, for its first API. */
async function sampleLogin(
  store: StoreReader,
  { issuer, nowSeconds }: Moment,
  { trigger, user, guest }: Pick<LoginFacts, 'user' | 'guest'> & { readonly trigger: ActionTrigger },
): Promise<LoginFacts> {
  const clients = await store.list('client');
  const client =
    clients.find((one) => one.client_id === guest?.client_id) ?? clients.find(({ global }) => global !== true);
  const server = (await store.list('resource_server')).find(({ is_system }) => is_system !== true);
  const [redirectUri] = Array.isArray(client?.callbacks) ? client.callbacks : [];
  const query = {
    client_id: client?.client_id,
    response_type: 'code',
    scope: 'openid profile email',
    redirect_uri: redirectUri,
  };
  return {
    ...{ user, guest, server, client: isJsonObject(client) ? client : {} },
    request: {
      ...{ method: 'POST', hostname: new URL(issuer).hostname, ip: '127.0.0.1' },
      ...{ userAgent: 'anon-cli', language: 'en', query, body: {} },
    },
    transaction: {
      ...{ protocol: 'oidc-basic-profile', requestedScopes: ['openid', 'profile', 'email'], redirectUri },
      ...{ responseType: ['code'], responseMode: undefined, prompt: [], state: 'sample', loginHint: undefined },
      ...{ uiLocales: [], acrValues: [] },
    },
    session: trigger === 'post-login' ? { id: 'sample', authTimeSeconds: nowSeconds } : undefined,
  };
}
