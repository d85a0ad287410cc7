import type { JsonObject } from '../../wire/schema.ts';
import { oauthRefusal } from '../http/refusal.ts';
import { randomToken } from '../random.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { callbackOf } from './authorization-request.ts';
import { checkedRequest } from './checked-request.ts';
import { isAuthorizationError } from './complete.ts';
import { type Parameters, parametersIn } from './parameters.ts';
import { prune } from './prune.ts';
import { trustedCallback } from './trusted-callback.ts';

/** What precedes the id of a pushed request in its `request_uri`. @see RFC 9126, section 2.2 */
const uriPrefix = 'urn:ietf:params:oauth:request_uri:';

/** In seconds, as in the service. */
const defaultLifetimeSeconds = 30;

/** The members of a pushed request that authenticate its application, and are no parameters of the authorization request. */
const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'];

type Members = Readonly<Record<string, string>>;

/** 201 of POST /oauth/par. `expires_in` is in seconds. */
export interface PushedRequest {
  readonly request_uri: string;
  readonly expires_in: number;
}

/**
 * Saves the parameters of an authorization request of an application that has authenticated itself, after the checks of
 * /authorize: developers see what is wrong before a browser is sent there. @see RFC 9126, sections 2.1 and 2.3
 * @throws {Refusal} 400
 */
export async function pushRequest(
  { store, random }: TenantScope,
  moment: Moment,
  client: JsonObject,
  parameters: Members,
): Promise<PushedRequest> {
  if ('request_uri' in parameters) throw oauthRefusal(400, 'invalid_request', 'request_uri cannot be provided.');
  const expiry = client.par_request_expiry;
  const lifetimeSeconds = typeof expiry === 'number' ? expiry : defaultLifetimeSeconds;
  const id = randomToken(random, 32);
  const clientId = String(client.client_id);
  const pushed = Object.entries(parameters).filter(([name]) => !credentials.includes(name));
  const whole = { ...Object.fromEntries(pushed), client_id: clientId };
  await checkPushed(store, moment, parametersIn(new URLSearchParams(whole)));
  await store.write((writer) =>
    writer.put('pushed_request', id, {
      id,
      client_id: clientId,
      parameters: whole,
      expires_at: moment.nowSeconds + lifetimeSeconds,
    }),
  );
  await prune(store, moment);
  return { request_uri: `${uriPrefix}${id}`, expires_in: lifetimeSeconds };
}

/** @throws {Refusal} 400, with the errors of /authorize */
async function checkPushed(store: StoreReader, moment: Moment, parameters: Parameters): Promise<void> {
  const trusted = await trustedCallback(store, parameters);
  if (!('client' in trusted)) {
    note(moment, { ...trusted.facts });
    throw oauthRefusal(400, 'invalid_request', trusted.description);
  }
  const { client, redirectUri } = trusted;
  try {
    await checkedRequest(store, moment, { parameters, client, callback: callbackOf(moment, parameters, redirectUri) });
  } catch (error) {
    if (isAuthorizationError(error)) throw oauthRefusal(400, error.error, error.description);
    throw error;
  }
}

/**
 * Takes a pushed request, once in all processes. Undefined for one that is unknown, expired, taken before or another
 * application's; that one stays.
 */
export async function takePushedRequest(
  store: Store,
  { nowSeconds }: Moment,
  { requestUri, clientId }: { readonly requestUri: string; readonly clientId: string },
): Promise<Members | undefined> {
  if (!requestUri.startsWith(uriPrefix)) return undefined;
  const id = requestUri.slice(uriPrefix.length);
  return store.write(async (writer) => {
    const request = await writer.get('pushed_request', id);
    if (!request || request.client_id !== clientId) return undefined;
    writer.remove('pushed_request', id);
    return Number(request.expires_at) > nowSeconds ? (request.parameters as Members) : undefined;
  });
}
