import { createHash, createPrivateKey, type JsonWebKey } from 'node:crypto';
import * as v from 'valibot';
import { AnonError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { parseInstant, parseSpan } from '../../wire/tenant-clock.ts';
import { emailForm } from '../../wire/user.ts';
import { parseRedirectUrl } from '../app/parse-url.ts';
import { withUnit, withUnitHint } from '../config/values.ts';
import { parsed, parsedText } from '../document/schema-parts.ts';
import { parseDuration } from '../duration.ts';
import { checkSessionMetadata } from '../session/metadata/metadata.ts';
import { checkSessionName } from '../session/saved-session.ts';

/** What `parse` makes of a value that is not a text. */
function read<const S extends v.GenericSchema, Value>(schema: S, parse: (value: v.InferOutput<S>) => Value) {
  return v.pipe(schema, parsed<v.InferOutput<S>, Value>(parse));
}

/** A text of a form, which editors know too. */
function matching(form: RegExp, message: string, hint?: string) {
  return v.pipe(
    v.string(),
    parsedText((text) => {
      if (form.test(text)) return text;
      throw new AnonError('usage', message, { hint });
    }),
    v.metadata({ pattern: form.source }),
  );
}

/** Milliseconds since 1970. */
export const instant = v.pipe(
  v.string(),
  parsedText((text) => {
    const ms = parseInstant(text);
    if (ms !== undefined) return ms;
    const hint = 'Give a date, or a date with a time and its zone: 2027-01-01T00:00Z';
    throw new AnonError('usage', `'${text.slice(0, 40)}' is not a time.`, { hint });
  }),
  v.metadata({ expected: 'a time such as 2027-01-01T00:00Z', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}' }),
);

/** Seconds, negative for the past. */
export const span = v.pipe(
  v.string(),
  parsedText((text) => {
    const seconds = /^[+-]\d+[smhdy]$/.test(text) ? parseSpan(text) : undefined;
    if (seconds !== undefined) return seconds;
    throw new AnonError('usage', `'${text.slice(0, 40)}' is not a span.`, { hint: 'Examples: +31d, -2h' });
  }),
  v.metadata({ expected: 'a span such as +31d or -2h', pattern: '^[+-][0-9]{1,12}[smhdy]$' }),
);

/** Seconds. */
export const age = v.pipe(
  v.string(),
  parsedText(withUnit((text) => parseDuration(text, '3d, 12h, 90m'))),
  v.metadata({ expected: 'a duration such as 3d', instead: withUnitHint, pattern: '^[0-9]{1,12}[smhdy]$' }),
);

const seedRange = 'a whole number from 0 to 999999999999999';

export const seedNumber = v.pipe(
  v.number(),
  v.check((value) => Number.isInteger(value) && value >= 0 && value < 1e15, `A seed is ${seedRange}.`),
  v.metadata({ expected: seedRange }),
);

export const secretText = v.pipe(v.string(), v.nonEmpty('It is empty.'), v.metadata({ secret: true }));

export const clientId = matching(
  /^[\w-]{1,64}$/,
  'A client id has at most 64 letters, digits, dashes and underscores.',
);

function redirects(noun: string, fragments: boolean) {
  return v.array(
    v.pipe(
      v.string(),
      parsedText((text) => parseRedirectUrl(text, { noun, fragments })),
    ),
  );
}

export const callbacks = redirects('callback', false);
export const logoutUrls = redirects('logout URL', true);

export const email = matching(emailForm, 'This is not an e-mail address.', 'Example: jane@example.com');

export const userId = matching(
  /^[\w-]{1,64}$/,
  'An id has at most 64 letters, digits, dashes and underscores.',
  'auth0| comes before it.',
);

const anyObject = v.record(v.string(), v.any());

export const plainMap = anyObject;

export const sessionMetadata = read(anyObject, (metadata): JsonObject => {
  checkSessionMetadata(metadata);
  return metadata;
});

export const guestName = v.pipe(v.string(), parsedText(checkSessionName));

export const guestId = matching(
  /^[\w-]{1,64}$/,
  'An id has at most 64 letters, digits, dashes and underscores.',
  'anon| comes before it, or anon@ in edition ea.',
);

export const secretName = matching(
  /^(?!__proto__$)[A-Za-z_]\w{0,127}$/,
  "The name of a secret has letters, digits and '_'.",
);

export const sessionKey = v.pipe(
  matching(/^[\w-]{42}[048AEIMQUYcgkosw]$/, 'A session key is 32 bytes in base64url: 43 characters.'),
  v.metadata({ secret: true }),
);

/** A private RSA key for RS256, with its id: that of the JWK, or else its thumbprint. @see RFC 7638 */
export const signingKey = read(v.pipe(v.record(v.string(), v.unknown()), v.metadata({ secret: true })), (given) => {
  const { n, e, kid } = given;
  const jwk = given as JsonWebKey;
  if (jwk.kty !== 'RSA' || bitsOf(jwk) < 2048) {
    throw new AnonError('usage', 'This is not a private RSA key of at least 2048 bits as a JWK.', {
      hint: 'It has the members kty, n, e, d, p, q, dp, dq and qi.',
    });
  }
  const thumbprint = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  const { d, p, q, dp, dq, qi } = jwk;
  return {
    kid: typeof kid === 'string' && kid !== '' ? kid : thumbprint,
    jwk: { kty: 'RSA', n, e, d, p, q, dp, dq, qi },
  };
});

/** 0 for anything that is not a private key. */
function bitsOf(key: JsonWebKey): number {
  try {
    return createPrivateKey({ key, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return 0;
  }
}
