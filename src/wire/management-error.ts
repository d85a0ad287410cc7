import * as v from 'valibot';
import { additionalMembers } from './schema.ts';

/** The error envelope of every /api/v2 path. @see management-api, section 2.1 */
export const managementError = v.looseObject({
  statusCode: v.number(),
  error: v.string(),
  message: v.string(),
  errorCode: v.optional(v.string()),
});

/**
 * Reads `body` as a Management API payload. A problem comes back in the service's own wording:
 * `Payload validation error: 'Additional properties not allowed: scopes'.`
 * The service puts the property behind the quotes: `'Object didn't pass validation for format F: V' on property P.`
 * Assumed: the templates beyond these two and "Missing required property".
 */
export function checkPayload<const Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): { ok: true; value: v.InferOutput<Schema> } | { ok: false; message: string } {
  const result = v.safeParse(schema, body);
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, message: `Payload validation error: ${payloadProblem(result.issues)}.` };
}

function payloadProblem(issues: readonly v.BaseIssue<unknown>[]): string {
  const extra = issues.find((issue) => issue.message.startsWith(additionalMembers));
  if (extra) return `'${extra.message}'${onProperty(extra.path)}`;
  const [first] = issues;
  if (first === undefined) return "'Invalid payload'";
  if (first.kind === 'schema' && first.received === 'undefined')
    return `'Missing required property: ${lastKey(first)}'${onProperty(owner(first))}`;
  return `'${problemOf(first)}'${onProperty(first.path)}`;
}

/** The path of the object that a member is missing from. */
function owner(issue: v.BaseIssue<unknown>): Path {
  return issue.path?.slice(0, -1);
}

type Path = readonly { readonly key: unknown }[] | undefined;

function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== 'schema' || issue.message.startsWith('Expected type ')) return issue.message;
  if (issue.type === 'picklist' || issue.type === 'literal') return `No enum match for: ${String(issue.input)}`;
  // A custom schema expects "unknown"; the only one here is the plain object.
  const expected = issue.type === 'custom' ? 'object' : issue.expected;
  return `Expected type ${jsonType(expected)} but found type ${jsonTypeOf(issue.input)}`;
}

function lastKey(issue: v.BaseIssue<unknown>): string {
  return String(issue.path?.at(-1)?.key ?? '');
}

function onProperty(path: Path = []): string {
  const name = path.reduce(
    (text: string, { key }) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text && '.'}${String(key)}`),
    '',
  );
  return name === '' ? '' : ` on property ${name}`;
}

function jsonType(expected: string | null): string {
  return (expected ?? 'object').replaceAll(/[()]/g, '').split(' | ')[0]?.toLowerCase() ?? 'object';
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

// The service's words for what its schemas check.

export function wrongType(expected: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `Expected type ${expected} but found type ${jsonTypeOf(input)}`;
}

export function tooLong(maximum: number): (issue: { readonly input: string }) => string {
  return ({ input }) => `String is too long (${input.length} chars), maximum ${maximum}`;
}

export function wrongFormat(format: string): (issue: { readonly input: string }) => string {
  return ({ input }) => `Object didn't pass validation for format ${format}: ${input}`;
}
