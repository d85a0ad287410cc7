import type { JsonObject } from '../../wire/schema.ts';
import { oauthRefusal } from '../http/refusal.ts';
import type { Moment } from '../scope.ts';
import type { Store } from '../store/store.ts';
import { isAccessToken } from './access-token.ts';
import { readRefreshToken } from './refresh-token.ts';

/**
 * Revokes a refresh token and all of its family. As in the service, a token that is unknown or another application's changes
 * nothing. Assumed: access tokens, which cannot be revoked, are refused. @see RFC 7009, section 2
 * @throws {Refusal} unsupported_token_type
 */
export async function revokeToken(store: Store, moment: Moment, client: JsonObject, token: string): Promise<void> {
  const refreshToken = readRefreshToken(moment, token);
  if (!refreshToken) {
    if (!isAccessToken(moment, token)) return;
    throw oauthRefusal(400, 'unsupported_token_type', 'Only refresh tokens can be revoked.');
  }
  await store.write(async (writer) => {
    const family = await writer.get('refresh_token', refreshToken.id);
    if (family?.client_id === client.client_id) writer.remove('refresh_token', refreshToken.id);
  });
}
