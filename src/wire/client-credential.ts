import * as v from 'valibot';
import { assertionAlgorithms } from './client-assertion.ts';
import { tooLong, wrongFormat } from './management-error.ts';
import { closedObject } from './schema.ts';

/** @see RFC 3339, section 5.6 */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** A public key as POST /api/v2/clients/{id}/credentials takes it. @see auth0@7.1.0 PostClientCredentialRequestContent */
export const publicKeyCredential = closedObject({
  credential_type: v.literal('public_key'),
  name: v.optional(v.pipe(v.string(), v.maxLength(128, tooLong(128)))),
  pem: v.string(),
  alg: v.optional(v.picklist(assertionAlgorithms)),
  parse_expiry_from_cert: v.optional(v.boolean()),
  expires_at: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)), wrongFormat('date-time')),
    ),
  ),
  kid: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{10,64}$/, wrongFormat('kid')))),
});
export type PublicKeyCredential = v.InferOutput<typeof publicKeyCredential>;

/** How a new application authenticates with keys, which are created with it. */
export const newAuthenticationMethods = closedObject({
  private_key_jwt: closedObject({ credentials: v.array(publicKeyCredential) }),
});
export type NewAuthenticationMethods = v.InferOutput<typeof newAuthenticationMethods>;

/** How an application authenticates with keys that it already has. */
export const authenticationMethods = closedObject({
  private_key_jwt: closedObject({ credentials: v.array(closedObject({ id: v.string() })) }),
});
export type AuthenticationMethods = v.InferOutput<typeof authenticationMethods>;
