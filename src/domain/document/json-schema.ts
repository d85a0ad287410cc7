import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { DocumentMetadata } from './schema-at.ts';

/** A JSON Schema, draft 7, which is what editors read. */
export type JsonSchema = { [key: string]: unknown };

/**
 * The JSON Schema of documents that `schema` checks, for editors. It accepts references such as `${NAME}` wherever a value
 * without quotes may be one.
 */
export function jsonSchemaOf(schema: v.GenericSchema, title: string): JsonSchema {
  const { $schema, ...converted } = toJsonSchema(schema, {
    // A parser in a pipe has its pattern in the metadata.
    errorMode: 'ignore',
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction.type === 'metadata' ? fromMetadata(jsonSchema as DocumentMetadata) : undefined,
  });
  return { $schema, title, ...(withReferences(converted) as JsonSchema) };
}

/** The converter has copied the metadata, most of which is for messages. */
function fromMetadata({ expected, instead, secret, json, ...members }: DocumentMetadata): JsonSchema {
  return { ...members, ...json };
}

const reference = { type: 'string', pattern: '\\$\\{' };

function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withReferences(value)]));
  const { description, ...rest } = members;
  if (Array.isArray(rest.required) && rest.required.length === 0) delete members.required;
  if (isNever(members.additionalProperties)) return { ...members, additionalProperties: false };
  if (typeof members.pattern === 'string') return { ...members, pattern: `(?:${members.pattern})|\\$\\{` };
  const isLimited = members.type === 'boolean' || members.type === 'number' || Array.isArray(members.enum);
  return isLimited ? { ...(description !== undefined && { description }), anyOf: [rest, reference] } : members;
}

/** Valibot's `never`. */
function isNever(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && JSON.stringify(schema) === '{"not":{}}';
}
