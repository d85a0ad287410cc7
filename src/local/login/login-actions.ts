import type { JsonObject } from '../../wire/schema.ts';
import type { LoginFacts, TransactionForActions } from '../actions/login-facts.ts';
import { runPostLogin, runPreUserRegistration } from '../actions/pipeline.ts';
import { findServer } from '../clients/grants.ts';
import { oauthRefusal } from '../http/refusal.ts';
import type { Moment, TenantScope } from '../scope.ts';
import { findUser } from '../users/user.ts';
import { type Authorization, AuthorizationError, type CustomClaims } from './authorization.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { ClaimsFor } from './redeem-refresh-token.ts';

/** What the Actions of a login came to. */
export interface ActionResult {
  readonly claims: CustomClaims;
  /** The granted scopes, with those that Actions added and without those that they removed. */
  readonly scopes: (granted: readonly string[]) => readonly string[];
  /** A user with the metadata that Actions set; undefined where they set none. */
  readonly changes: ((user: JsonObject) => JsonObject) | undefined;
  /** Why the login ends here. */
  readonly refusal: AuthorizationError | undefined;
}

export async function runLoginActions(scope: TenantScope, moment: Moment, facts: LoginFacts): Promise<ActionResult> {
  const { user, claims, addedScopes, removedScopes, outcome } = await runPostLogin(scope, moment, facts);
  const { app_metadata, user_metadata } = user;
  return {
    claims,
    scopes: (granted) => [...new Set([...granted, ...addedScopes])].filter((value) => !removedScopes.includes(value)),
    changes: user === facts.user ? undefined : (saved) => ({ ...saved, app_metadata, user_metadata }),
    refusal: outcome.kind === 'ok' ? undefined : new AuthorizationError(outcome.error, outcome.description),
  };
}

/** The new user as the Actions of a sign-up leave them, or the sentence for the page on which the sign-up ends. */
export async function runSignUpActions(
  scope: TenantScope,
  moment: Moment,
  facts: LoginFacts,
): Promise<{ readonly user: JsonObject } | { readonly problem: string; readonly error: string }> {
  const { user, outcome } = await runPreUserRegistration(scope, moment, facts);
  if (outcome.kind === 'ok') return { user };
  return { problem: outcome.description, error: outcome.error };
}

/** What Actions may know about an authorization request. */
export function factsOf({
  request,
  http,
  ...facts
}: { readonly request: AuthorizationRequest; readonly http: LoginFacts['request'] } & Omit<
  LoginFacts,
  'request' | 'transaction'
>): LoginFacts {
  const { prompt, state, loginHint, uiLocales, acrValues, redirectUri, responseType, responseMode } = request;
  return {
    ...facts,
    request: http,
    transaction: {
      ...{ prompt, state, loginHint, uiLocales, acrValues, redirectUri, responseType, responseMode },
      protocol: protocolOf(request),
      requestedScopes: request.scope,
    },
  };
}

function protocolOf({ responseType }: AuthorizationRequest): TransactionForActions['protocol'] {
  if (responseType.length > 1) return 'oidc-hybrid-profile';
  return responseType.includes('code') ? 'oidc-basic-profile' : 'oidc-implicit-profile';
}

/**
 * Runs the Actions of a login again for a refresh, as the service does, and saves the metadata that they set. No guest comes
 * along: the tokens have the claims that the Actions set this time. @see wire contract, section 5
 */
export function claimsAtRefresh(scope: TenantScope, moment: Moment, client: JsonObject): ClaimsFor {
  return async (user, authorization) => {
    const acted = await runLoginActions(
      scope,
      moment,
      await factsOfRefresh(scope, moment, { client, user, authorization }),
    );
    const { changes, refusal, claims } = acted;
    if (changes) {
      await scope.store.write(async (writer) => {
        const saved = await findUser(writer, authorization.userId);
        if (saved) writer.put('user', authorization.userId, changes(saved));
      });
    }
    if (refusal) throw oauthRefusal(403, refusal.error, refusal.description);
    return claims;
  };
}

interface Refresh {
  readonly client: JsonObject;
  readonly user: JsonObject;
  readonly authorization: Authorization;
}

async function factsOfRefresh({ store }: TenantScope, { issuer }: Moment, { client, user, authorization }: Refresh) {
  const { audience, scope, sessionId, authTimeSeconds } = authorization;
  const body = { grant_type: 'refresh_token', client_id: client.client_id };
  return {
    ...{ client, user, guest: undefined, session: { id: sessionId, authTimeSeconds } },
    server: audience === undefined ? undefined : await findServer(store, audience),
    request: {
      ...{ method: 'POST', hostname: new URL(issuer).hostname, ip: '127.0.0.1', query: {}, body },
      ...{ userAgent: undefined, language: undefined },
    },
    transaction: {
      protocol: 'oauth2-refresh-token' as const,
      requestedScopes: scope,
      ...{ redirectUri: undefined, responseType: [], responseMode: undefined, prompt: [], state: undefined },
      ...{ loginHint: undefined, uiLocales: [], acrValues: [] },
    },
  };
}
