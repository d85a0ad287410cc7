import { ResponseError } from '../../errors.ts';
import { anonymousLogoutPath } from '../../wire/anonymous-logout.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { failureHint, isMissing } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { readErrorBody } from '../exchange/error-body.ts';
import type { Exchange } from '../exchange/http.ts';
import { editionOf } from '../exchange/management/request.ts';
import { secretForms } from '../exchange/redact.ts';
import { isTransientFailure } from '../exchange/retry.ts';
import { send } from '../exchange/send.ts';
import { missingFeature } from './missing-feature.ts';
import type { SavedSession } from './saved-session.ts';

/**
 * Sends the logout of a guest of an application. That clears the cookie of this request and revokes nothing. False
 * where the edition has no logout. @see wire contract, section 3
 * @throws {ResponseError} when the tenant refuses
 */
export async function logOut(
  tenant: TenantConnection,
  { clientId, metadata }: Pick<SavedSession, 'clientId' | 'metadata'>,
): Promise<boolean> {
  // Without credentials to read the edition, the tenant's answer decides.
  const known = tenant.edition ?? (tenant.management && (await editionOf(tenant)).name);
  if (known && !editionNamed(known).hasCookie) return false;
  // The body must not contain a session token or a secret.
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
  const failed = isTransientFailure(status);
  const code = failed ? 'server_error' : sent.error === 'invalid_client' ? 'not_authorised' : 'failed';
  const hint = failed ? failureHint(tenant) : undefined;
  throw new ResponseError(code, { status, error, description }, { hint });
}
