import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ConfigPorts, readConfig } from '../../../src/domain/config/read-config.ts';
import { AnonError } from '../../../src/errors.ts';

/** Files by name, with `anon.yaml` as the one that is read unless `files` says otherwise. */
interface Given {
  readonly texts: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly settings?: readonly string[];
  readonly policyFiles?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function read({ texts, files = ['anon.yaml'], settings = [], policyFiles = [], env = {} }: Given) {
  const ports: ConfigPorts = {
    async readText(file) {
      const text = texts[file];
      if (text === undefined) throw new AnonError('usage', `${file} cannot be read: it does not exist.`);
      return text;
    },
    locate(file, from) {
      const name = from === undefined ? file : join(dirname(from), file);
      return { name, id: name };
    },
    variables: (name) => env[name],
  };
  return readConfig({ files: files as [string, ...string[]], settings, policyFiles }, ports);
}

async function configOf(given: Given) {
  const { written, problems } = await read(given);
  expect(problems).toEqual([]);
  if (!written) throw new Error('no configuration');
  return written.config;
}

async function problemsOf(given: Given): Promise<string[]> {
  const { problems } = await read(given);
  return problems.map(({ file, line, column, message, hint }) =>
    [`${file}:${line}:${column}: ${message}`, hint].filter(Boolean).join(' '),
  );
}

const whole = `tenant: { lifetime: 30d, format: jwe, cookie: true }
apps:
  web:
    enabled: true
    oidc-conformant: false
    origins: [http://localhost:3000, "https://*.example.com"]
apis:
  https://shop.example/api:
    open: true
    token-lifetime: 1d
    scopes: []
    apps:
      web: [read:catalog, write:cart]
claims:
  https://example.com/language: metadata.language
policies:
  - max-session-lifetime: 90d
  - forbidden-scopes: ["write:*|admin:*"]
    apis: [https://*]
    apps: [web]
    severity: warning
    message: Guests only read.
`;

describe('a configuration', () => {
  it('is read with every member', async () => {
    expect(await configOf({ texts: { 'anon.yaml': whole } })).toEqual({
      tenant: { lifetimeSeconds: 2_592_000, tokenFormat: 'jwe', cookie: true },
      apps: new Map([
        ['web', { enabled: true, oidcConformant: false, origins: ['http://localhost:3000', 'https://*.example.com'] }],
      ]),
      apis: new Map([
        [
          'https://shop.example/api',
          {
            open: true,
            tokenLifetimeSeconds: 86_400,
            scopes: [],
            apps: new Map([['web', ['read:catalog', 'write:cart']]]),
          },
        ],
      ]),
      claims: [{ name: 'https://example.com/language', expression: 'anonymous_session.metadata.language' }],
      policies: [
        {
          rule: { kind: 'max-session-lifetime', seconds: 7_776_000 },
          severity: 'error',
          place: { file: 'anon.yaml', line: 17, column: 5 },
        },
        {
          rule: { kind: 'forbidden-scopes', patterns: ['write:*|admin:*'] },
          severity: 'warning',
          message: 'Guests only read.',
          apis: ['https://*'],
          apps: ['web'],
          place: { file: 'anon.yaml', line: 18, column: 5 },
        },
      ],
    });
  });

  it('has only the members that are written', async () => {
    const config = await configOf({ texts: { 'anon.yaml': 'tenant: {}\napps: { web: {} }\napis: { shop: {} }' } });
    expect(config).toEqual({
      tenant: {},
      apps: new Map([['web', {}]]),
      apis: new Map([['shop', {}]]),
      policies: [],
    });
    expect('claims' in config).toBe(false);
  });

  it('never ends with never, and takes JSON too', async () => {
    const text = '{"$schema": "x.json", "tenant": {"lifetime": "never"}}';
    expect((await configOf({ texts: { 'anon.yaml': text } })).tenant).toEqual({ lifetimeSeconds: 0 });
  });

  it('says where everything is', async () => {
    const { written } = await read({ texts: { 'anon.yaml': whole } });
    expect(written?.placeOf(['apis', 'https://shop.example/api', 'apps', 'web', 1])).toMatchObject({
      line: 13,
      column: 27,
    });
    expect(written?.placeOf(['apis', 'https://shop.example/api', 'token-lifetime'], 'key')).toMatchObject({ line: 10 });
  });

  it('warns of an application that nothing enables', async () => {
    const texts = { 'anon.yaml': 'apps: {web: {}}\napis: {shop: {apps: {wbe: [], other: []}}}' };
    expect(await problemsOf({ texts })).toEqual([
      "anon.yaml:2:22: Application 'wbe' is not in apps. Did you mean 'web'?",
      "anon.yaml:2:31: Application 'other' is not in apps. Nothing here enables it for guests.",
    ]);
    expect((await read({ texts })).written).toBeDefined();
  });
});

describe('several files', () => {
  it('change each other member by member, and replace lists', async () => {
    const base = 'tenant: {lifetime: 30d, format: jwe}\napis: {shop: {open: true, scopes: [a, b]}}';
    const prod = 'tenant: {lifetime: 7d}\napis: {shop: {scopes: [c]}, other: {open: false}}';
    const texts = { 'base.yaml': base, 'prod.yaml': prod };
    const { tenant, apis } = await configOf({ texts, files: ['base.yaml', 'prod.yaml'] });
    expect(tenant).toEqual({ lifetimeSeconds: 604_800, tokenFormat: 'jwe' });
    expect(apis.get('shop')).toEqual({ open: true, scopes: ['c'] });
    expect(apis.get('other')).toEqual({ open: false });
  });

  it('have places in the file that says it last', async () => {
    const texts = { 'a.yaml': 'tenant: {lifetime: 30d, format: jwe}', 'b.yaml': '\ntenant: {lifetime: 7d}' };
    const { written } = await read({ texts, files: ['a.yaml', 'b.yaml'] });
    expect(written?.placeOf(['tenant', 'lifetime'])).toEqual({ file: 'b.yaml', line: 2, column: 20 });
    expect(written?.placeOf(['tenant', 'format'])).toEqual({ file: 'a.yaml', line: 1, column: 33 });
  });

  it('extend each other, relative to where they are', async () => {
    const texts = {
      'stages/prod.yaml': 'extends: ../base/anon.yaml\ntenant: {lifetime: 7d}',
      'base/anon.yaml': 'extends: more.yaml\ntenant: {lifetime: 30d, format: jwe}',
      'base/more.yaml': 'apps: {web: {enabled: true}}',
    };
    const { tenant, apps } = await configOf({ texts, files: ['stages/prod.yaml'] });
    expect(tenant).toEqual({ lifetimeSeconds: 604_800, tokenFormat: 'jwe' });
    expect([...apps.keys()]).toEqual(['web']);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'itself',
      { 'anon.yaml': '\nextends: anon.yaml' },
      'anon.yaml:2:10: The files extend each other: anon.yaml -> anon.yaml.',
    ],
    [
      'in a circle',
      { 'anon.yaml': 'extends: b.yaml', 'b.yaml': 'extends: c.yaml', 'c.yaml': 'extends: b.yaml' },
      'c.yaml:1:10: The files extend each other: b.yaml -> c.yaml -> b.yaml.',
    ],
    ['nothing', { 'anon.yaml': 'extends: gone.yaml' }, 'anon.yaml:1:10: gone.yaml cannot be read: it does not exist.'],
    [
      'an address',
      { 'anon.yaml': 'extends: https://x.example/a.yaml' },
      'anon.yaml:1:10: A configuration can extend only a file',
    ],
    ['a list', { 'anon.yaml': 'extends: [a.yaml]' }, "anon.yaml:1:10: 'extends' must be a text, not a list."],
  ])('cannot extend %s', async (_what, texts, problem) => {
    expect((await problemsOf({ texts }))[0]).toContain(problem);
  });

  it('are all checked, also where a later one would hide the mistake', async () => {
    const texts = { 'a.yaml': 'tenant: {lifetime: 30}', 'b.yaml': 'tenant: {lifetime: 30d}\nx: 1', 'c.yaml': 'a: "' };
    const problems = await problemsOf({ texts, files: ['a.yaml', 'b.yaml', 'c.yaml'] });
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual(['a.yaml:1:20', 'b.yaml:2:1', 'c.yaml:1:4']);
  });
});

describe('--set', () => {
  const texts = {
    'anon.yaml':
      'apps: {web: {enabled: true}, my.app: {enabled: true}}\napis: {https://shop.example/api?v=1: {open: true}}',
  };

  it.each([
    ['tenant.lifetime=7d', (config) => config.tenant, { lifetimeSeconds: 604_800 }],
    ['apps.web.enabled=false', (config) => config.apps.get('web'), { enabled: false }],
    ['apps.my.app.enabled=false', (config) => config.apps.get('my.app'), { enabled: false }],
    ['apps.new={enabled: true}', (config) => config.apps.get('new'), { enabled: true }],
    [
      'apis.https://shop.example/api?v=1.open=false',
      (config) => config.apis.get('https://shop.example/api?v=1'),
      { open: false },
    ],
    ['apis.https://a.example.scopes=[a, b]', (config) => config.apis.get('https://a.example'), { scopes: ['a', 'b'] }],
    [
      'apis.https://a.example.apps.web=[a]',
      (config) => config.apis.get('https://a.example')?.apps,
      new Map([['web', ['a']]]),
    ],
    [
      'claims.https://a.example/x=user_id',
      (config) => config.claims,
      [{ name: 'https://a.example/x', expression: 'anonymous_session.user_id' }],
    ],
  ] satisfies [string, (config: Awaited<ReturnType<typeof configOf>>) => unknown, unknown][])(
    '%s',
    async (setting, member, value) => {
      expect(member(await configOf({ texts, settings: [setting] }))).toEqual(value);
    },
  );

  it.each([
    ['tenant.lifetme=7d', "--set tenant.lifetme: Unknown key 'lifetme'. Did you mean 'lifetime'?"],
    ['tennant.lifetime=7d', "--set tennant.lifetime: Unknown key 'tennant'. Did you mean 'tenant'?"],
    ['apps.web.enabeld=no', "--set apps.web.enabeld: Unknown key 'enabeld'. Did you mean 'enabled'?"],
    ['apps.web.enabled=no', "--set apps.web.enabled: 'enabled' must be true or false, not the text 'no'. Write false."],
    [
      'tenant.lifetime=7',
      "--set tenant.lifetime: 'lifetime' must be a duration such as 30d, or never, not the number 7.",
    ],
    ['tenant.lifetime', '--set tenant.lifetime: A setting needs a path, an equals sign and a value.'],
    ['tenant.lifetime=', '--set tenant.lifetime: The value is empty.'],
    ['apps.web=1', '--set apps.web: The path ends too early. Known keys: enabled'],
    ['apis.x.scopes=[a', '--set apis.x.scopes: A ] is missing'],
    ['policies.0=1', "--set policies.0: 'policies' can only be set as a whole."],
    ['=1', "--set : Unknown key ''."],
  ])('%s is refused', async (setting, problem) => {
    const { problems } = await read({ texts, settings: [setting] });
    const [first] = problems;
    expect(problems).toHaveLength(1);
    expect(`${first?.file}: ${first?.message} ${first?.hint ?? ''}`).toContain(problem);
    expect(first?.option).toBe(true);
  });
});

describe('a secret', () => {
  const token = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dBjftJeZ4CVP'].join('.');
  const clientSecret = 'x9Kd83hf72Lsk29dkfj38DKfj2938dkfJ293kdfj29dkD92kdf92kdLs92kdIs82';

  it.each([
    [`claims: {x: ${token}}`, '1:13', 'a token'],
    [`apps: {${clientSecret}: {enabled: true}}`, '1:8', 'a client secret'],
    [`tenant: {lifetime: ${clientSecret}}`, '1:20', 'a client secret'],
    ['apps: {web: {origins: ["https://me:hunter22@a.example"]}}', '1:24', 'a password'],
    ['x: "-----BEGIN PRIVATE KEY-----"', '1:4', 'a private key'],
    ['apps: {web: {origins: ["${KEY}"]}}', '1:24', 'an API key'],
    ['apps: {"${KEY}": {enabled: no, x: 1}}', '1:8', 'an API key'],
    ['apps: {"${KEY}": true}', '1:8', 'an API key'],
  ])('in %j is refused and not shown', async (text, place, kind) => {
    const key = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
    const problems = await problemsOf({ texts: { 'anon.yaml': text }, env: { KEY: key } });
    expect(problems).toContainEqual(expect.stringContaining(`anon.yaml:${place}: This looks like ${kind};`));
    for (const secret of [token, clientSecret, 'hunter22', key]) expect(problems.join('\n')).not.toContain(secret);
  });
});

it('a secret that is a key twice is not shown either', async () => {
  const secret = 'x9Kd83hf72Lsk29dkfj38DKfj2938dkfJ293kdfj29dkD92kdf92kdLs92kdIs82';
  expect(await problemsOf({ texts: { 'anon.yaml': `${secret}: 1\n${secret}: 2` } })).toEqual([
    'anon.yaml:2:1: This key is already in line 1. Keep one.',
  ]);
});

describe('policy files', () => {
  it('add to the policies of the configuration', async () => {
    const texts = {
      'anon.yaml': 'policies: [{max-session-lifetime: 90d}]',
      'anon.policy.yaml': 'policies:\n  - token-format: jwe\n  - cookie: false',
    };
    const { policies } = await configOf({ texts, policyFiles: ['anon.policy.yaml'] });
    expect(policies.map(({ rule, place }) => [rule.kind, place.file])).toEqual([
      ['max-session-lifetime', 'anon.yaml'],
      ['token-format', 'anon.policy.yaml'],
      ['cookie', 'anon.policy.yaml'],
    ]);
  });

  it('may be configurations', async () => {
    const texts = { 'anon.yaml': 'tenant: {}', 'p.yaml': 'tenant: {}\npolicies: [{cookie: false}]' };
    const { policies } = await configOf({ texts, policyFiles: ['p.yaml'] });
    expect(policies.map(({ rule }) => rule.kind)).toEqual(['cookie']);
  });

  it('have policies', async () => {
    const texts = { 'anon.yaml': 'tenant: {}', 'p.yaml': 'polcies: []\n' };
    expect(await problemsOf({ texts, policyFiles: ['p.yaml'] })).toEqual([
      "p.yaml:1:1: The file has no 'policies', which is required.",
      "p.yaml:1:1: Unknown key 'polcies'. Did you mean 'policies'?",
    ]);
  });
});
