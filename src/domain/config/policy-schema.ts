import * as v from 'valibot';
import { closedObject, issueMessage } from '../document/schema-parts.ts';
import type { PolicyKind } from './policy.ts';
import { bound, claimExpression, patterns, tokenFormat } from './values.ts';

function described<const S extends v.GenericSchema>(schema: S, text: string) {
  return v.optional(v.pipe(schema, v.description(text)));
}

/** The keys of which each policy has exactly one. */
const rules = {
  'max-session-lifetime': described(bound, 'Sessions live at most this long, so they expire: 90d'),
  'min-session-lifetime': described(bound, 'Sessions live at least this long: 30d'),
  'token-format': described(tokenFormat, 'The format that session tokens must have.'),
  cookie: described(v.boolean(), 'Whether browsers must or must not get the session as a cookie.'),
  'max-token-lifetime': described(bound, "Guests' access tokens are valid at most this long: 1d"),
  'forbidden-scopes': described(patterns, 'Scopes that guests must not get; * stands for any characters: write:*'),
  'forbidden-claims': described(
    v.array(claimExpression),
    'Session values that no claim may show, with those below: metadata.email',
  ),
} satisfies Record<PolicyKind, unknown>;

export const policyKinds = Object.keys(rules) as PolicyKind[];

const members = closedObject({
  ...rules,
  apis: described(patterns, 'Only these APIs, by audience; * stands for any characters.'),
  apps: described(patterns, 'Only these applications, by name or client id; * stands for any characters.'),
  severity: described(v.picklist(['error', 'warning']), 'error (the default, exit code 5) or warning.'),
  message: described(v.string(), 'Why, for the reader of the finding.'),
});

export const policySchema = v.pipe(
  members,
  v.check(
    (policy) => policyKinds.filter((kind) => policy[kind] !== undefined).length === 1,
    issueMessage('A policy has exactly one rule.', `Choose one of: ${policyKinds.join(', ')}.`),
  ),
  v.metadata({ json: { oneOf: policyKinds.map((kind) => ({ required: [kind] })) } }),
);

/** A file with policies alone. */
export const policyFileSchema = closedObject({
  $schema: v.optional(v.string()),
  policies: v.pipe(v.array(policySchema), v.description('What must hold.')),
});

/** A policy as it is written, checked. */
export type WrittenPolicy = v.InferOutput<typeof policySchema>;
