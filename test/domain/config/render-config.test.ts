import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Config } from '../../../src/domain/config/config.ts';
import { readConfig } from '../../../src/domain/config/read-config.ts';
import { renderConfig } from '../../../src/domain/config/render-config.ts';

const framing = { schema: './anon.schema.json', comment: 'Exported.' };

async function readBack(text: string): Promise<Config | undefined> {
  const ports = {
    readText: async () => text,
    locate: (name: string) => ({ name, id: name }),
    variables: () => 'replaced',
  };
  const { written, problems } = await readConfig({ files: ['anon.yaml'], settings: [], policyFiles: [] }, ports);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return written?.config;
}

it('a configuration is written in a stable order, with its schema', () => {
  const config = {
    tenant: { lifetimeSeconds: 0, tokenFormat: 'jwt', cookie: false },
    apps: new Map([['web', { enabled: true, oidcConformant: true, origins: ['http://localhost:3000'] }]]),
    apis: new Map([
      [
        'https://shop.example/api',
        {
          open: true,
          tokenLifetimeSeconds: 90_000,
          scopes: [],
          apps: new Map([['web', ['read:catalog', 'write:cart']]]),
        },
      ],
    ]),
    claims: [{ name: 'https://example.com/language', expression: 'anonymous_session.metadata.language' }],
  } as const;
  expect(renderConfig(config, framing)).toBe(`# yaml-language-server: $schema=./anon.schema.json
# Exported.

tenant:
  lifetime: never
  format: jwt
  cookie: false

apps:
  web:
    enabled: true
    oidc-conformant: true
    origins: [http://localhost:3000]

apis:
  https://shop.example/api:
    open: true
    token-lifetime: 25h
    scopes: []
    apps:
      web: [read:catalog, write:cart]

claims:
  https://example.com/language: metadata.language
`);
});

it('an empty configuration is a file too', async () => {
  const empty = { apps: new Map(), apis: new Map() };
  expect(await readBack(renderConfig(empty, framing))).toEqual({ ...empty, tenant: {}, policies: [] });
});

const name = fc
  .oneof(
    fc.constantFrom(
      ...[
        '::error::x',
        `\n::set-output name=a::b${'c'.repeat(60)}`.trim().replace('a', '\n::x'),
        '##[error]',
        '##vso[a]b',
        'a\u202eb\u200b',
        '\u001b[31m',
        '\u009b',
        'a\r\nb',
        '\u{e0041}',
        '\ufeffx',
        '\u2028y',
      ],
      'no',
      'true',
      '~',
      '012',
      '1e3',
      '<<',
      '${NAME}',
      '$${X',
      '- a',
      'a: b',
      '# a',
      '*a',
      '&a',
      '!a',
      '"',
      "'",
      '@',
      '[',
      '{}',
      '%',
    ),
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  )
  .filter((text) => text.trim() === text && text !== '' && !['__proto__', 'constructor', 'prototype'].includes(text));
const scope = fc.stringMatching(/^[!#-+\--[\]-~]{1,12}$/);
const scopes = fc.uniqueArray(scope, { maxLength: 8 });
const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined });

const configs = fc.record({
  apps: fc.array(
    fc.tuple(
      name,
      fc.record({
        enabled: fc.boolean(),
        oidcConformant: optional(fc.boolean()),
        origins: optional(fc.constant(['http://a.example'])),
      }),
    ),
    { maxLength: 4 },
  ),
  apis: fc.array(
    fc.tuple(
      name,
      fc.record({
        open: fc.boolean(),
        tokenLifetimeSeconds: optional(fc.integer({ min: 1, max: 2_592_000 })),
        scopes: optional(scopes),
        apps: optional(fc.array(fc.tuple(name, scopes), { maxLength: 3 }).map((entries) => new Map(entries))),
      }),
    ),
    { maxLength: 4 },
  ),
});

it('reading the text gives the configuration', async () => {
  await fc.assert(
    fc.asyncProperty(configs, async ({ apps, apis }) => {
      const config = { tenant: { lifetimeSeconds: 90 }, apps: new Map(apps), apis: new Map(apis) } as Omit<
        Config,
        'policies'
      >;
      const text = renderConfig(config, framing);
      expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}|^\s*::|##[a-z]*\[/imu);
      expect(await readBack(text)).toEqual({ ...config, policies: [] });
    }),
    { numRuns: 150 },
  );
});
