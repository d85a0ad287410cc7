import * as v from 'valibot';
import type { JsonObject } from './schema.ts';

/** A signing key makes and verifies signatures; a session key encrypts and opens what only the tenant reads. */
export const keyUses = ['signing', 'session'] as const;
export type KeyUse = (typeof keyUses)[number];

/** A key of the local tenant, without the key itself. Times are ISO 8601, in UTC, by the tenant's clock. */
export const keyReading = v.object({
  /** Of a session key: a fingerprint, which no token shows. */
  kid: v.string(),
  use: v.picklist(keyUses),
  state: v.picklist(['current', 'previous']),
  /** Null: with the tenant. */
  created_at: v.nullable(v.string()),
  /** When another took its place. */
  rotated_at: v.nullable(v.string()),
  /** When the last token that a previous signing key signed has ended, and the key leaves the JWKS; null: unknown, or never. */
  ends_at: v.nullable(v.string()),
});
export type KeyReading = v.InferOutput<typeof keyReading>;

/** 200 of the control endpoints for keys. */
export const keysAnswer = v.object({ keys: v.array(keyReading) });
export type KeysAnswer = v.InferOutput<typeof keysAnswer>;

/** Which key the body of a request wants to rotate, or in words what is wrong with it. */
export function readKeyRotation(body: JsonObject): { readonly use: KeyUse } | string {
  const { rotate, ...others } = body;
  const use = keyUses.find((known) => known === rotate);
  if (use && Object.keys(others).length === 0) return { use };
  return `The body must be {"rotate": "${keyUses[0]}"} or {"rotate": "${keyUses[1]}"}.`;
}
