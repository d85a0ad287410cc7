import * as v from 'valibot';

/** A JSON object whose members have not been checked yet. */
export type JsonObject = { [key: string]: unknown };

/** The expected shape of an answer or a request, and the type of the result. */
export type Schema = v.GenericSchema;
export type Read<S extends Schema> = v.InferOutput<S>;

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/**
 * Reads `value` as the shape `schema` names. `problem` says where and what was expected, in the
 * words of {@link describeIssue}; it never repeats the value, which may be a secret.
 */
export function check<const S extends Schema>(schema: S, value: unknown): Checked<Read<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, problem: describeIssue(result.issues[0]) };
}

/** All that is wrong with `value`, in the words of {@link check}; empty when it has the shape. */
export function problemsIn(schema: Schema, value: unknown): string[] {
  return (v.safeParse(schema, value).issues ?? []).map(describeIssue);
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join('.') ?? '';
  if (issue.expected === 'never') return `${path} is unknown`;
  if (issue.received === 'undefined') return `${path || 'the body'} is required`;
  if (issue.kind === 'schema' && issue.type !== 'custom')
    return `${path || 'the body'} must be ${expectation(issue.expected)}`;
  return `${path || 'the body'} ${issue.message}`;
}

const article: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Object: 'an object',
  Array: 'an array',
};

function expectation(expected: string | null): string {
  const words = (expected ?? 'something else').replace(/^\((.*)\)$/, '$1');
  return article[words] ?? words.replaceAll(' | ', ' or ').replaceAll('"', "'");
}

/** Not an array, not null, and not an exact number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Number);
}

/** A plain JSON object: not an array, not null. */
export const plainObject = v.custom<JsonObject>(isJsonObject, 'must be an object');

/** Refuses an array, which Valibot takes for an object, and then reads `schema`. */
function ofObject<Shape extends v.GenericSchema>(
  schema: Shape,
  isAccepted: v.GenericSchema<JsonObject> = plainObject,
): v.GenericSchema<v.InferInput<Shape>, v.InferOutput<Shape>> {
  const read = schema as unknown as v.GenericSchema<JsonObject, v.InferOutput<Shape>>;
  return v.pipe(isAccepted, read) as unknown as v.GenericSchema<v.InferInput<Shape>, v.InferOutput<Shape>>;
}

/** What the service says about members that are not in its schema; it names all of them. */
export const additionalMembers = 'Additional properties not allowed: ';

/** An object with no other members. Valibot alone would name the first of them. */
export function closedObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  const others = (body: JsonObject) => Object.keys(body).filter((key) => !Object.hasOwn(entries, key));
  const isClosed = v.check(
    (body: JsonObject) => others(body).length === 0,
    ({ input }) => `${additionalMembers}${others(input).join(', ')}`,
  );
  return ofObject(v.strictObject(entries), v.pipe(plainObject, isClosed));
}

/** An object that may have other members, which are passed through. */
export function openObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return ofObject(v.looseObject(entries));
}

/** Seconds and the like, refused in the service's words. */
export const positiveNumber = v.pipe(
  v.number(),
  v.gtValue(0, ({ input }) => `Value ${String(input)} is equal or less than exclusive minimum 0`),
);

const types = {
  text: v.string(),
  boolean: v.boolean(),
  number: v.number(),
  object: plainObject,
  list: v.array(v.unknown()),
  texts: v.array(v.string()),
} as const;

/** Schema entries for members of one JSON type, whose values are not checked further; null removes a member. */
export function membersOfType(type: keyof typeof types, names: string): v.ObjectEntries {
  return Object.fromEntries(names.split(' ').map((name) => [name, v.optional(v.nullable(types[type]))]));
}

/** Schema entries for members whose values are passed through unchecked. */
export function unchecked(names: string): v.ObjectEntries {
  return Object.fromEntries(names.split(' ').map((name) => [name, v.optional(v.unknown())]));
}

/** An answer without a body. */
export const noContent = v.undefined();

/** An answer of any shape. */
export const anyBody = v.unknown();
