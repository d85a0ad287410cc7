import * as v from 'valibot';
import { tooLong } from './management-error.ts';
import { closedObject } from './schema.ts';

export const clientGrantsPath = '/api/v2/client-grants';

export function clientGrantPath(id: string): string {
  return `${clientGrantsPath}/${encodeURIComponent(id)}`;
}

/** The subject of a grant: an application itself, its users, or its guests. */
export const subjectTypes = ['client', 'user', 'anonymous_user'] as const;
export type SubjectType = (typeof subjectTypes)[number];

/** The subject type of guests. */
export const guestSubject = 'anonymous_user' satisfies SubjectType;

/**
 * The scopes that an application may request at an API, as GET /api/v2/client-grants shows it. One without a
 * `subject_type` is for the application itself; with `allow_all_scopes` it has no `scope`.
 * @see management-api, section 2.5
 */
export const clientGrant = v.looseObject({
  id: v.string(),
  client_id: v.string(),
  audience: v.string(),
  scope: v.optional(v.array(v.string()), []),
  subject_type: v.optional(v.picklist(subjectTypes), 'client'),
  allow_all_scopes: v.optional(v.boolean(), false),
});
export type ClientGrantBody = v.InferOutput<typeof clientGrant>;

/** A page of a list requested with `take`; `next` is the start of the next page, absent on the last. */
export const clientGrantPage = v.looseObject({
  client_grants: v.array(clientGrant),
  next: v.optional(v.nullable(v.string())),
});

const organizationUsages = ['deny', 'allow', 'require'] as const;
const scope = v.pipe(
  v.array(
    v.pipe(v.string(), v.minLength(1, 'String is too short (0 chars), minimum 1'), v.maxLength(280, tooLong(280))),
  ),
  v.check(
    (values) => new Set(values).size === values.length,
    ({ input }) => {
      const second = input.findIndex((value, index) => input.indexOf(value) < index);
      return `Array items are not unique (indexes ${input.indexOf(input[second] ?? '')} and ${second})`;
    },
  ),
);
const nonEmpty = v.pipe(v.string(), v.minLength(1, 'String is too short (0 chars), minimum 1'));

const patchable = {
  scope: v.optional(v.nullable(scope)),
  organization_usage: v.optional(v.nullable(v.picklist(organizationUsages))),
  allow_any_organization: v.optional(v.nullable(v.boolean())),
  authorization_details_types: v.optional(v.array(v.string())),
  allow_all_scopes: v.optional(v.nullable(v.boolean())),
};

/** POST /api/v2/client-grants. */
export const clientGrantCreate = closedObject({
  ...patchable,
  client_id: nonEmpty,
  audience: nonEmpty,
  subject_type: v.optional(v.picklist(subjectTypes)),
});

/** PATCH /api/v2/client-grants/{id}: its application, subject and audience can't change. */
export const clientGrantPatch = closedObject(patchable);

/** A grant without a subject type is for the application itself. */
export function subjectOf({ subject_type: type }: { readonly subject_type?: unknown }): string {
  return typeof type === 'string' ? type : 'client';
}
