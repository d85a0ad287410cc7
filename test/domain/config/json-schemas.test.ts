import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { configJsonSchemas } from '../../../src/domain/config/json-schemas.ts';
import { configSchema } from '../../../src/domain/config/schema.ts';
import { checkDocument } from '../../../src/domain/document/check.ts';
import { readDocument } from '../../../src/domain/document/read.ts';

const schemas = configJsonSchemas();
const accepts = new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(
  schemas['anon.schema.json'],
);
const acceptsPolicies = new Ajv({ strict: true, strictRequired: false }).compile(schemas['anon.policy.schema.json']);

function documentOf(text: string) {
  const { document, problems } = readDocument({ name: 'anon.yaml', text });
  expect(problems).toEqual([]);
  if (!document) throw new Error('not read');
  return document;
}

/** Whether an editor accepts a file, and whether anon-cli does. */
function verdicts(text: string): { editor: boolean; program: boolean } {
  const document = documentOf(text);
  return { editor: accepts(document.value), program: checkDocument(document, configSchema).problems.length === 0 };
}

describe('the JSON Schema of a configuration', () => {
  it.each([
    '{}',
    '$schema: x.json\nextends: base.yaml\ntenant: {lifetime: never, format: jwt, cookie: false}',
    'tenant: {lifetime: 45s}\napps: {web: {enabled: true, oidc-conformant: false, origins: [http://localhost:3000]}}',
    'apis: {https://shop.example/api: {open: true, token-lifetime: 12h, scopes: [read:catalog], apps: {web: []}}}',
    'claims: {https://example.com/language: metadata.language}',
    'policies: [{max-session-lifetime: 90d, severity: warning, message: x}, {forbidden-scopes: ["*"], apis: ["*"]}]',
  ])('accepts what the program accepts: %s', (text) => {
    expect(verdicts(text)).toEqual({ editor: true, program: true });
  });

  it.each([
    'tennant: {}',
    'tenant: []',
    'tenant: {lifetime: 30}',
    'tenant: {lifetime: 30 days}',
    'tenant: {format: jwx}',
    'tenant: {cookie: no}',
    'apps: {web: {enabled: "true"}}',
    'apps: {web: {origins: http://localhost:3000}}',
    'apps: {web: {origins: [http://a.example, http://a.example]}}',
    'apis: {shop: {scopes: ["a b"]}}',
    'apis: {shop: {apps: [web]}}',
    'claims: [a]',
    'policies: [{}]',
    'policies: [{cookie: true, token-format: jwe}]',
    'policies: [{cookie: true, severity: fatal}]',
  ])('refuses what the program refuses: %s', (text) => {
    expect(verdicts(text)).toEqual({ editor: false, program: false });
  });

  it('accepts references to environment variables', () => {
    const text = 'tenant: {lifetime: "${L:-30d}", format: "${F}", cookie: "${C}"}\napis: {a: {scopes: ["${S}"]}}';
    expect(verdicts(text).editor).toBe(true);
  });

  it('describes every key for editors', () => {
    const undescribed: string[] = [];
    const look = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties = {}, additionalProperties, items } = schema as Record<string, Record<string, unknown>>;
      for (const [key, inner] of Object.entries(properties)) {
        if (!(inner as { description?: string }).description) undescribed.push(`${path}.${key}`);
        look(inner, `${path}.${key}`);
      }
      look(additionalProperties, `${path}.*`);
      look(items, `${path}.0`);
    };
    look(schemas['anon.schema.json'], '');
    expect(undescribed).toEqual([]);
  });

  it('has one for policies alone', () => {
    expect(acceptsPolicies({ policies: [{ cookie: true }] })).toBe(true);
    expect(acceptsPolicies({ policies: [{ cookie: true }], tenant: {} })).toBe(false);
    expect(acceptsPolicies({})).toBe(false);
  });
});
