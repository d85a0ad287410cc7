import * as v from 'valibot';
import { wrongType } from '../management-error.ts';
import { closedObject, isJsonObject, type JsonObject, membersOfType } from '../schema.ts';

// Shared by both translators, to read and describe members.

/** A whole number in a range, refused in the service's words. */
export function wholeNumber(min: number, max: number) {
  return v.pipe(
    v.number(wrongType('integer')),
    v.integer(wrongType('integer')),
    v.minValue(min, ({ input }) => `Value ${String(input)} is less than minimum ${min}`),
    v.maxValue(max, ({ input }) => `Value ${String(input)} is greater than maximum ${max}`),
  );
}

/** The members of a tenant's `sessions` in every edition. */
export const sessionMembers = membersOfType('boolean', 'oidc_logout_prompt_enabled');

/** What an API demands of tokens of one subject. */
export function policy(...names: string[]) {
  return v.optional(closedObject({ policy: v.picklist(names) }));
}

/** The policies of an API's subjects in every edition. */
export const subjectPolicies = {
  user: policy('allow_all', 'deny_all', 'require_client_grant'),
  client: policy('deny_all', 'require_client_grant'),
};

/** Members that are accepted in the right shape and then ignored. */
export function ignoredMember(schema: v.GenericSchema) {
  return v.pipe(
    schema,
    v.transform(() => undefined),
  );
}

export function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** An object inside another, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function defined(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** An object of an answer with these members, each of which may be missing or null; all others are passed through. */
export function shownObject(members: v.ObjectEntries): v.GenericSchema {
  return v.looseObject(Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, v.nullish(schema)])));
}

/** The list of mapped claims in an answer. */
export const shownClaims = v.array(v.looseObject({ name: v.string(), expression: v.string() }));
