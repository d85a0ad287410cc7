import type { JsonObject } from '../../wire/schema.ts';
import { findServer } from '../clients/grants.ts';
import { oauthRefusal } from '../http/refusal.ts';
import type { Moment, TenantScope } from '../scope.ts';
import { findUser } from '../users/user.ts';
import type { Authorization } from './authorization.ts';
import { runLoginActions } from './login-actions.ts';
import type { ClaimsFor } from './redeem-refresh-token.ts';

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
