import { type JsonSchema, jsonSchemaOf } from '../document/json-schema.ts';
import { worldSchema } from './schema.ts';

/** The JSON Schema of a world, for editors. The build ships it as `world.schema.json`. */
export function worldJsonSchema(): JsonSchema {
  return jsonSchemaOf(worldSchema, 'A world for anon-cli local seed');
}
