import * as v from 'valibot';
import { editionNames } from './edition/edition.ts';

const text = v.string();

/** An object at a tenant whose settings a plan changes. */
const configObject = v.variant('kind', [
  v.strictObject({ kind: v.literal('tenant') }),
  v.strictObject({ kind: v.literal('application'), clientId: text, name: text }),
  v.strictObject({ kind: v.literal('api'), id: text, audience: text, name: text }),
  v.strictObject({ kind: v.literal('grant'), clientId: text, audience: text, app: text, api: text }),
]);

const claim = v.strictObject({ name: text, expression: text });
const setting = v.union([v.null(), v.boolean(), v.number(), text, v.array(text), v.array(claim)]);

/** Settings by their names in a configuration file; lifetimes in seconds, null where nothing is set. */
const settings = v.record(text, setting);

export const objectSettings = v.strictObject({ object: configObject, values: settings });
export const objectChange = v.strictObject({ object: configObject, before: settings, after: settings });

export const planFileKind = 'anon-cli config plan';
export const planFileVersion = 1;

/** What `config plan --out` writes and `config apply` reads. It holds no secret. */
export const planFile = v.strictObject({
  kind: v.literal(planFileKind),
  version: v.literal(planFileVersion),
  /** The tenant that it was made for, and that alone. */
  issuer: text,
  edition: v.picklist(editionNames),
  /** RFC 3339. */
  planned_at: text,
  narrowed: v.boolean(),
  steps: v.array(v.strictObject({ ...objectChange.entries, place: v.pipe(v.number(), v.integer(), v.minValue(0)) })),
  managed: v.array(objectSettings),
});
export type PlanFile = v.InferOutput<typeof planFile>;
