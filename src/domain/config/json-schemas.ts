import { type JsonSchema, jsonSchemaOf } from '../document/json-schema.ts';
import { policyFileSchema } from './policy-schema.ts';
import { configSchema } from './schema.ts';

/** The JSON Schemas of the files that users write, by the names under which the build ships them. */
export function configJsonSchemas(): {
  readonly 'anon.schema.json': JsonSchema;
  readonly 'anon.policy.schema.json': JsonSchema;
} {
  return {
    'anon.schema.json': jsonSchemaOf(configSchema, 'Guest access at a tenant (anon.yaml)'),
    'anon.policy.schema.json': jsonSchemaOf(policyFileSchema, 'Policies for guest access (anon.policy.yaml)'),
  };
}
