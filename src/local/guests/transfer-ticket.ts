import { base64urlJson } from '../../jose/base64url.ts';
import { anonymousTransferLifetimeSeconds } from '../../wire/anonymous-token.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { sealedSessionTokenHeader } from '../../wire/session-token-format.ts';
import { randomToken } from '../random.ts';
import type { TenantScope } from '../scope.ts';
import { tenantKeys } from '../tokens/keys.ts';
import { seal } from '../tokens/sealed-token.ts';

/** Another header than a session token's, so that neither opens as the other. Assumed: the type. */
const header = base64urlJson({ ...sealedSessionTokenHeader, typ: 'anon-transfer+jwe' });

/**
 * A ticket that carries a guest's session into a login: sealed, for 30 seconds, and by its `jti` for one use,
 * which is for whoever takes it to see to. Assumed: the claims. @see wire contract, sections 2 and 5
 */
export function writeTransferTicket(scope: TenantScope, session: SessionTokenClaims): string {
  const now = Math.floor(scope.clock() / 1000);
  return seal(tenantKeys(scope.store), scope.random, header, {
    iss: scope.issuer,
    client_id: session.client_id,
    jti: randomToken(scope.random, 16),
    iat: now,
    exp: now + anonymousTransferLifetimeSeconds,
    session,
  });
}
