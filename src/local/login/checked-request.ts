import type { JsonObject } from '../../wire/schema.ts';
import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { readSignedToken } from '../tokens/signed-token.ts';
import { findUserAccess } from './api-access.ts';
import {
  type AuthorizationRequest,
  type Callback,
  hintedUser,
  readAuthorizationRequest,
} from './authorization-request.ts';
import type { Parameters } from './parameters.ts';

interface Asked {
  readonly parameters: Parameters;
  readonly client: JsonObject;
  readonly callback: Callback;
}

/** Checks all of an authorization request that depends on no browser. @throws {AuthorizationError} */
export async function checkedRequest(
  store: StoreReader,
  moment: Moment,
  { parameters, client, callback }: Asked,
): Promise<AuthorizationRequest> {
  const read = readAuthorizationRequest(parameters, client, callback);
  const hintedUserId = hintedUser(moment, client, (token) => readSignedToken(moment.keys, 'JWT', token), parameters);
  const request = { ...read, hintedUserId };
  await findUserAccess(store, moment, client, request);
  return request;
}
