import * as v from 'valibot';
import { closedObject } from '../document/schema-parts.ts';
import { policySchema } from './policy-schema.ts';
import {
  claimExpression,
  claimName,
  nameKey,
  origins,
  scopes,
  sessionLifetime,
  tokenFormat,
  tokenLifetime,
} from './values.ts';

/** What editors show for a key. */
export function described<const S extends v.GenericSchema>(schema: S, text: string) {
  return v.pipe(schema, v.description(text));
}

const tenant = closedObject({
  lifetime: v.optional(
    described(
      sessionLifetime,
      'How long guest sessions live: 45s, 90m, 12h, 30d, 1y or never. Recommended: 30d or longer.',
    ),
  ),
  format: v.optional(
    described(
      tokenFormat,
      'The format of session tokens: jwe (encrypted, for production) or jwt. Edition ea has only jwe.',
    ),
  ),
  cookie: v.optional(described(v.boolean(), 'Whether browsers also get the session as a cookie. Only in edition ea.')),
});

export const app = closedObject({
  enabled: v.optional(described(v.boolean(), 'Whether the application may create guest sessions.')),
  'oidc-conformant': v.optional(
    described(v.boolean(), 'Whether the application is OIDC-conformant, which edition ea requires for guests.'),
  ),
  origins: v.optional(
    described(origins, 'The whole list of origins whose pages may call the guest endpoints: http://localhost:3000'),
  ),
});

export const api = closedObject({
  open: v.optional(described(v.boolean(), 'Whether the API accepts guests.')),
  'token-lifetime': v.optional(
    described(tokenLifetime, "How long guests' access tokens for the API are valid: 1d, 12h."),
  ),
  scopes: v.optional(
    described(scopes, 'The scopes of the guests of every application that this configuration enables. [] for none.'),
  ),
  apps: v.optional(
    described(
      v.record(nameKey, described(scopes, 'The whole list of scopes for the guests of this application.')),
      'The scopes for the guests of single applications, by name or client id, in place of scopes.',
    ),
  ),
});

/** A configuration as it is written, before it becomes a `Config`. */
export const configSchema = closedObject({
  $schema: v.optional(described(v.string(), 'The JSON Schema for editors; anon-cli does not read it.')),
  extends: v.optional(described(v.string(), 'Another configuration, relative to this file, that this one changes.')),
  tenant: v.optional(described(tenant, "Gate 1: the tenant's settings for guest sessions.")),
  apps: v.optional(described(v.record(nameKey, app), 'Gate 2: applications by name or client id.')),
  apis: v.optional(described(v.record(nameKey, api), 'Gates 3 and 4: APIs by audience.')),
  claims: v.optional(
    described(
      v.record(
        claimName,
        described(claimExpression, 'A path in the session: metadata.language, user_id, session_id, created_at.'),
      ),
      "The whole list of claims in guests' access tokens, by name.",
    ),
  ),
  policies: v.optional(
    described(v.array(policySchema), 'What must hold; checked by validate, plan, apply and doctor.'),
  ),
});

export type WrittenShape = v.InferOutput<typeof configSchema>;
