import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeText } from '../../../src/domain/document/problem.ts';
import { problemsInEdition } from '../../../src/domain/world/for-edition.ts';
import { readWorld } from '../../../src/domain/world/world.ts';
import { seededKeys } from '../../../src/local/tokens/seeded-keys.ts';
import { testKeys } from '../../support/local.ts';

const read = (text: string) =>
  readWorld({ name: 'world.yaml', text, variables: (name) => ({ PASSWORD: 'S3cret-word' })[name] });

function worldIn(text: string) {
  const result = read(text);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.written.world;
}

/** Each as `line:column message | hint`. */
function problemsIn(text: string): string[] {
  const result = read(text);
  const { problems } = 'problems' in result ? result : { problems: result.written.placed(result.written.problems) };
  return problems.map((problem) => {
    const place = placeText(problem).replace('world.yaml:', '');
    return `${place} ${problem.message}${problem.hint === undefined ? '' : ` | ${problem.hint}`}`;
  });
}

describe('a world', () => {
  it('has numbers in metadata that arrive as they are written', () => {
    const metadata = '{ a: 9007199254740992, b: 0x10, c: 0o7, d: 1.50, e: -3, f: "12345678901234567890", g: 1e3 }';
    expect(worldIn(`guests: { anna: { metadata: ${metadata} } }`).guests[0]?.metadata).toEqual({
      ...{ a: 9007199254740992, b: 16, c: 7, d: 1.5, e: -3, f: '12345678901234567890', g: 1000 },
    });
  });

  it('has everything that it can have', () => {
    const text = `
edition: ea
clock: { frozen-at: 2027-01-01T00:00Z }
keys: { seed: 42 }
tenant: { lifetime: 30d, format: jwe, cookie: true }
apps:
  web: { client-id: web_1, client-secret: s, type: regular_web, enabled: true, oidc-conformant: true, origins: [http://localhost:3000], callbacks: [http://localhost:3000/callback], logout-urls: [http://localhost:3000] }
apis:
  https://shop.example: { name: shop, defined-scopes: [read:a, write:a], open: true, token-lifetime: 1h, scopes: [read:a], apps: { web: [write:a] } }
claims: { https://shop.example/language: metadata.language }
users:
  jane@example.com: { password: '\${PASSWORD}', name: Jane, id: jane, email-verified: true, user-metadata: { a: [1] }, app-metadata: { b: null } }
actions:
  pre-user-registration: [{ file: ./check.js }]
  post-login:
    - { file: actions/cart.v2.js, secrets: { API_KEY: abc } }
    - { file: b.js, name: second }
guests:
  anna: { app: web, api: https://shop.example, id: anna, scopes: [read:a], metadata: { language: de }, age: 3d }
  ben: {}
`;
    expect(worldIn(text)).toMatchObject({
      edition: 'ea',
      clock: { frozenAtMs: Date.UTC(2027, 0, 1) },
      keys: { seed: 42 },
      tenant: { lifetimeSeconds: 2_592_000, tokenFormat: 'jwe', cookie: true },
      apps: [
        {
          ...{ reference: 'web', clientId: 'web_1', clientSecret: 's', type: 'regular_web', enabled: true },
          ...{ oidcConformant: true, origins: ['http://localhost:3000'], logoutUrls: ['http://localhost:3000'] },
          callbacks: ['http://localhost:3000/callback'],
        },
      ],
      apis: [
        {
          ...{ audience: 'https://shop.example', name: 'shop', definedScopes: ['read:a', 'write:a'], open: true },
          ...{ tokenLifetimeSeconds: 3600, scopes: ['read:a'], apps: [{ reference: 'web', scopes: ['write:a'] }] },
        },
      ],
      claims: [{ name: 'https://shop.example/language', expression: 'anonymous_session.metadata.language' }],
      users: [
        {
          ...{ email: 'jane@example.com', password: 'S3cret-word', name: 'Jane', id: 'jane', emailVerified: true },
          ...{ userMetadata: { a: [1] }, appMetadata: { b: null } },
        },
      ],
      actions: [
        { trigger: 'pre-user-registration', name: 'check', file: './check.js', secrets: {} },
        { trigger: 'post-login', name: 'cart.v2', file: 'actions/cart.v2.js', secrets: { API_KEY: 'abc' } },
        { trigger: 'post-login', name: 'second', file: 'b.js', secrets: {} },
      ],
      guests: [
        {
          ...{ name: 'anna', app: 'web', api: 'https://shop.example', id: 'anna', scopes: ['read:a'] },
          ...{ metadata: { language: 'de' }, ageSeconds: 259_200 },
        },
        { name: 'ben', app: 'web', api: 'https://shop.example', metadata: {}, ageSeconds: 0 },
      ],
    });
  });

  it('takes a private key, with its thumbprint as the id of a key without one', async () => {
    const { signing, session } = await seededKeys(1);
    const keys = (jwk: object) => worldIn(JSON.stringify({ keys: { signing: jwk, session: session.k } })).keys;
    expect(keys({ ...signing.jwk, kid: 'mine', use: 'sig' })).toEqual({
      signing: { kid: 'mine', jwk: signing.jwk },
      session: session.k,
    });
    expect(keys(signing.jwk)).toMatchObject({ signing: { kid: expect.stringMatching(/^[\w-]{43}$/) } });
  });

  it.each<[string, unknown]>([
    ['tenant: { lifetme: 30d }', "1:11 Unknown key 'lifetme' in tenant. | Did you mean 'lifetime'?"],
    ['tenant: { lifetime: 30 }', expect.stringMatching(/^1:21 'lifetime' must be a duration/)],
    [
      'apis: { a: { token-lifetime: 99999999999999999999d } }',
      "1:30 '99999999999999999999d' is not a valid duration. | Examples: 1d, 12h or 3600s",
    ],
    ...['12345678901234567890', '1e400', '0xfffffffffffffff1', '-9007199254740993'].map(
      (number) =>
        [
          `guests: { anna: { metadata: { a: [${number}] } } }`,
          '1:35 This number is too large: it would arrive as another number. | Write it as text to keep every digit.',
        ] as [string, unknown],
    ),
    [
      'users: { a@b.example: { app-metadata: { n: .nan } } }',
      '1:44 JSON has no such number. | In quotes it is a text.',
    ],
    [
      'apps:\n  web:\n    enabled: yes',
      expect.stringMatching(/^3:14 'enabled' must be true or false, not the text 'yes'/),
    ],
    ['apps:\n  web: { client-id: a b }', '2:21 A client id has at most 64 letters, digits, dashes and underscores.'],
    ['apps:\n  web: { type: sap }', expect.stringMatching(/^2:16 'type' must be native.* Did you mean spa\?/)],
    ['apps:\n  web: { origins: [localhost:3000] }', expect.stringMatching(/^2:20 Invalid origin/)],
    ['apps:\n  web: { callbacks: [/callback] }', expect.stringMatching(/^2:22 Invalid callback/)],
    ['apps:\n  a: { client-id: x }\n  b: { client-id: x }', '3:19 Another application here has this client id.'],
    ['apps:\n  a: { client-secret: "" }', '2:23 It is empty.'],
    ['clock: {}', '1:8 A clock has either frozen-at or offset.'],
    ['clock: { frozen-at: 2027-01-01T00:00Z, offset: +1d }', '1:8 A clock has either frozen-at or offset.'],
    ['clock: { frozen-at: 2027-02-30 }', expect.stringMatching(/^1:21 '2027-02-30' is not a time/)],
    ['clock: { offset: 31d }', "1:18 '31d' is not a span. | Examples: +31d, -2h"],
    ['keys: { seed: -1 }', '1:15 A seed is a whole number from 0 to 999999999999999.'],
    ['keys: { seed: 1, session: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA }', '1:7 With a seed, no key is given.'],
    ['keys: { session: abc }', '1:18 A session key is 32 bytes in base64url: 43 characters.'],
    ['keys: { signing: { kty: EC } }', expect.stringMatching(/^1:18 This is not a private RSA key/)],
    ['users:\n  jane: {}', '2:3 This is not an e-mail address. | Example: jane@example.com'],
    ['users:\n  a@b.de: { name: "" }', '2:19 This name is empty.'],
    ['users:\n  a@b.de: { id: x }\n  c@d.de: { id: x }', '3:17 Another user here has this id.'],
    ['users:\n  a@b.de: {}\n  A@b.de: {}', '3:11 Another user here has this e-mail address in other letters.'],
    ['users:\n  a@b.de: { password: 12345678 }', "2:23 'password' must be a text, not a number. | Put it in quotes."],
    ['users:\n  a@b.de: { user-metadata: [1] }', expect.stringMatching(/^2:28 'user-metadata' must be a map/)],
    ['actions:\n  post-logn: []', "2:3 Unknown key 'post-logn' in actions. | Did you mean 'post-login'?"],
    ['actions:\n  post-login: [{ name: a }]', expect.stringMatching(/^2:16 .*has no 'file', which is required/)],
    [
      'actions:\n  post-login: [{ file: a.js }, { file: b/a.js }]',
      '2:32 Another Action of this trigger here has the same name. | Give it a name of its own: name',
    ],
    ['guests:\n  a b: {}', expect.stringMatching(/^2:3 Invalid session name 'a b'/)],
    ['guests:\n  a: { age: 3 }', expect.stringMatching(/^2:13 'age' must be a duration such as 3d/)],
    ['guests:\n  a: { metadata: { sub: x, __proto__: 1 } }', expect.stringMatching(/__proto__/)],
    [
      `guests:\n  a: { metadata: { text: ${'x'.repeat(1100)} } }`,
      expect.stringMatching(/^2:18 The metadata is \d+ bytes as JSON/),
    ],
    [`users: { a@b.de: { password: "\${NONE}" } }`, expect.stringMatching(/NONE is not set/)],
  ])('%s is a problem in its place', (text, problem) => {
    expect(problemsIn(text)).toEqual([problem]);
  });

  it('shows no secret in a problem', async () => {
    const secret = 'hunter2-hunter2';
    const text = `users:\n  a@b.de: { password: [${secret}] }\nkeys: { session: ${secret}, signing: { d: ${secret} } }`;
    expect(problemsIn(text).length).toBeGreaterThan(2);
    expect(problemsIn(text).join()).not.toContain(secret);
    const small = JSON.stringify({ keys: { signing: { ...testKeys.signing.jwk, p: secret } } });
    expect(problemsIn(small).join()).not.toContain(secret);
  });

  it('is never a stack trace, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        read(text);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['preview', 'tenant: { cookie: true }', ['tenant.cookie']],
    ['ea', 'tenant: { format: jwt, lifetime: never }', ['tenant.lifetime', 'tenant.format']],
    ['ea', 'tenant: { lifetime: 90s }', ['tenant.lifetime']],
    ['preview', 'tenant: { lifetime: 90s, format: jwt }', []],
    ['ea', 'apis:\n  a: { token-lifetime: 1s }', []],
  ] as const)('in edition %s: %s', (edition, text, places) => {
    expect(problemsInEdition(worldIn(text), edition).map(({ path }) => path.join('.'))).toEqual(places);
  });
});
