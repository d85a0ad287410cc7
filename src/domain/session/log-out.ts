import { ResponseError } from '../../errors.ts';
import { anonymousLogoutPath } from '../../wire/anonymous-logout.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { isMissing } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { readErrorBody } from '../exchange/error-body.ts';
import type { Exchange } from '../exchange/http.ts';
import { editionOf } from '../exchange/management/request.ts';
import { secretForms } from '../exchange/redact.ts';
import { isTransientFailure } from '../exchange/retry.ts';
import { send } from '../exchange/send.ts';
import { missingFeature } from '../gates/missing-feature.ts';
import type { RememberedSession } from './saved-session.ts';

/**
 * Tells the tenant that a guest of an application has left, where its edition can be told. That clears the cookie of
 * who asks and revokes nothing. False where the edition has no such thing.
 * @see wire contract, section 3
 * @throws {ResponseError} when the tenant refuses
 */
export async function logOut(
  tenant: TenantConnection,
  { clientId, metadata }: Pick<RememberedSession, 'clientId' | 'metadata'>,
): Promise<boolean> {
  // Without credentials to ask for the edition, the tenant itself says whether it can.
  const known = tenant.edition ?? (tenant.management && (await editionOf(tenant)).name);
  if (known && !editionNamed(known).hasCookie) return false;
  // Neither a session token nor a secret may be in it.
  const exchange: Exchange = {
    ...{ method: 'POST', path: anonymousLogoutPath, body: { client_id: clientId } },
    mayBeMissing: true,
  };
  const answer = await send(tenant, exchange);
  const { status } = answer;
  if (status < 300) return true;
  if (!known && status === 404) return false;
  const { sent, error, description } = readErrorBody(answer, secretForms(metadata));
  if (isMissing(status)) throw await missingFeature(tenant, exchange, { status, error, description });
  const code =
    sent.error === 'invalid_client' ? 'not_authorised' : isTransientFailure(status) ? 'server_error' : 'failed';
  throw new ResponseError(code, { status, error, description });
}
