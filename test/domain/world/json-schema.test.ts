import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/domain/document/read.ts';
import { worldJsonSchema } from '../../../src/domain/world/json-schema.ts';
import { readWorld } from '../../../src/domain/world/world.ts';

const accepts = new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(worldJsonSchema());

/** Whether an editor accepts a file, and whether anon-cli does. */
function verdicts(text: string): { editor: boolean; program: boolean } {
  const { document } = readDocument({ name: 'world.yaml', text });
  return { editor: accepts(document?.value), program: 'written' in readWorld({ name: 'world.yaml', text }) };
}

describe('the JSON Schema of a world', () => {
  it.each([
    '{}',
    readFileSync('examples/testing/vitest/world.yaml', 'utf8'),
    readFileSync('test/fixtures/predictable/world.yaml', 'utf8'),
    'keys: { seed: 42 }\nclock: { offset: -2h }\nedition: ea',
    'users: { jane@example.com: { id: jane, user-metadata: { a: [1, { b: null }] } } }',
    'actions: { post-login: [{ file: a.js, name: a, secrets: { API_KEY: b } }] }',
  ])('accepts what the program accepts: %s', (text) => {
    expect(verdicts(text)).toEqual({ editor: true, program: true });
  });

  it.each([
    'app: {}',
    'edition: eb',
    'clock: {}',
    'clock: { frozen-at: 2027-01-01, offset: +1d }',
    'clock: { offset: 1d }',
    'keys: { seed: x }',
    'apps: { web: { client-id: a b } }',
    'apps: { web: { type: page } }',
    'apis: { shop: { open: yes } }',
    'users: { jane: {} }',
    'users: { jane@example.com: { password: 1 } }',
    'actions: { post-login: [{ name: a }] }',
    'guests: { anna: { age: 3 } }',
    'guests: { anna: { id: "anon|anna" } }',
    'guests: [anna]',
  ])('refuses what the program refuses: %s', (text) => {
    expect(verdicts(text)).toEqual({ editor: false, program: false });
  });

  it('has a description for everything that a world can have', () => {
    const undescribed: string[] = [];
    const look = (schema: Record<string, unknown>, path: string) => {
      const { properties = {}, items, additionalProperties, description } = schema;
      for (const [key, value] of Object.entries(properties as object)) {
        if (!('description' in Object(value))) undescribed.push(`${path}.${key}`);
        look(Object(value), `${path}.${key}`);
      }
      for (const inner of [items, additionalProperties]) if (inner) look(Object(inner), path);
      return description;
    };
    look(worldJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });
});
