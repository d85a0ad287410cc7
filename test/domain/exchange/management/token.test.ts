import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type {
  ManagementAccess,
  SavedToken,
  TokenCache,
} from '../../../../src/domain/exchange/management/credentials.ts';
import { managementRequest } from '../../../../src/domain/exchange/management/request.ts';
import { managementToken } from '../../../../src/domain/exchange/management/token.ts';
import { tenantSettings, tenantSettingsPath } from '../../../../src/wire/tenant-settings.ts';
import { failureOf, json, noon, scriptedConnection, secretAccess } from '../../../support/domain.ts';
import { part } from '../../../support/tokens.ts';

const settings = { method: 'GET', path: tenantSettingsPath } as const;
const named = json({ friendly_name: 'Acme' });
const refused = json({ statusCode: 401, error: 'Unauthorized', message: 'Invalid token' }, 401);
const unscoped = json(
  {
    statusCode: 403,
    error: 'Forbidden',
    message: 'Insufficient scope, expected any of: read:tenant_settings',
    errorCode: 'insufficient_scope',
  },
  403,
);
const jwt = (claims: object) => `${part({ alg: 'RS256' })}.${part(claims)}.${part('signature')}`;
const tokenCalled = (access_token: string, more = {}) =>
  json({ access_token, token_type: 'Bearer', expires_in: 86_400, ...more });

const kept: SavedToken = {
  issuer: 'https://acme.example/',
  clientId: 'tool',
  audience: 'https://acme.example/api/v2/',
  token: 'kept-token',
  endsAtMs: noon + 3_600_000,
};

function keeperOf(token: SavedToken | undefined): TokenCache & { readonly content: () => SavedToken | undefined } {
  let content = token;
  return {
    content: () => content,
    get: async () => content,
    async put(next) {
      content = next;
    },
    async remove() {
      content = undefined;
    },
  };
}

/** A tenant that gives these answers, and the tokens that it was sent. */
function asked(answers: readonly (() => Response)[], doors: Partial<ManagementAccess>) {
  const bearers: (string | undefined)[] = [];
  const recording = answers.map((answer) => (request: { headers?: Readonly<Record<string, string>> }) => {
    bearers.push(request.headers?.authorization);
    return answer();
  });
  const tenant = scriptedConnection(recording, { management: secretAccess('tool', 'the-secret-of-the-tool', doors) });
  return { tenant, bearers };
}

const request = (tenant: ReturnType<typeof scriptedConnection>) => managementRequest(tenant, tenantSettings, settings);

describe('a Management API token', () => {
  it('that was saved is used without another request', async () => {
    const { tenant, bearers } = asked([named, named], { cache: keeperOf(kept) });
    await request(tenant);
    await request(tenant);
    expect(bearers).toEqual(['Bearer kept-token', 'Bearer kept-token']);
  });

  it('is saved with its tenant and its expiry', async () => {
    const cache = keeperOf(undefined);
    const { tenant } = asked([tokenCalled('new-token', { scope: 'read:clients' }), named], { cache });
    await request(tenant);
    expect(cache.content()).toEqual({
      ...kept,
      token: 'new-token',
      scope: 'read:clients',
      endsAtMs: noon + 86_400_000,
    });
  });

  it.each([
    ['that ends within the minute', { endsAtMs: noon + 60_000 }],
    ["of another tenant's issuer", { issuer: 'https://other.example/' }],
    ['of another client', { clientId: 'other' }],
    ['for another audience', { audience: 'https://acme.example/api/v1/' }],
  ])('%s is not used', async (_, change) => {
    const { tenant, bearers } = asked([tokenCalled('new-token'), named], { cache: keeperOf({ ...kept, ...change }) });
    await request(tenant);
    expect(bearers).toEqual([undefined, 'Bearer new-token']);
  });

  it('is used until a minute before its expiry, and then renewed, even within a command', async () => {
    let now = noon;
    const answers = [tokenCalled('one', { expires_in: 120 }), named, named, tokenCalled('two'), named];
    const { tenant, bearers } = asked(answers, {});
    const moving = { ...tenant, clock: { ...tenant.clock, now: () => now } };
    await request(moving);
    now += 59_000;
    await request(moving);
    now += 1000;
    await request(moving);
    expect(bearers).toEqual([undefined, 'Bearer one', 'Bearer one', undefined, 'Bearer two']);
  });

  it('that was saved and is refused is dropped, and the request is sent again with a new one', async () => {
    const cache = keeperOf(kept);
    const { tenant, bearers } = asked([refused, tokenCalled('new-token'), named], { cache });
    expect(await request(tenant)).toEqual({ friendly_name: 'Acme' });
    expect(bearers).toEqual(['Bearer kept-token', undefined, 'Bearer new-token']);
    expect(cache.content()).toMatchObject({ token: 'new-token' });
  });

  it('that is refused is replaced only once', async () => {
    const { tenant, bearers } = asked([refused, tokenCalled('new-token'), refused], { cache: keeperOf(kept) });
    expect(await failureOf(() => request(tenant))).toMatchObject({ code: 'not_authorised', status: 401 });
    expect(bearers).toHaveLength(3);
  });

  it('that is new and refused is not replaced', async () => {
    const { tenant, bearers } = asked([tokenCalled('new-token'), refused], {});
    expect(await failureOf(() => request(tenant))).toMatchObject({
      code: 'not_authorised',
      message: "The access token of profile 'acme' was refused: Invalid token (401).",
    });
    expect(bearers).toHaveLength(2);
  });

  it('that worked and is then refused in the same command is replaced', async () => {
    const { tenant, bearers } = asked([tokenCalled('one'), named, refused, tokenCalled('two'), named], {});
    await request(tenant);
    await request(tenant);
    expect(bearers.at(-1)).toBe('Bearer two');
  });

  it('that was saved before a scope was granted is replaced; a new one without it is not', async () => {
    const old = asked([unscoped, tokenCalled('new-token'), named], { cache: keeperOf(kept) });
    expect(await request(old.tenant)).toEqual({ friendly_name: 'Acme' });
    const { tenant } = asked([tokenCalled('new-token'), unscoped], { cache: keeperOf(undefined) });
    expect(await failureOf(() => request(tenant))).toMatchObject({
      code: 'not_authorised',
      status: 403,
      hint: "Grant the client of profile 'acme' the Management API scope read:tenant_settings (needed for tenant show, tenant set-lifetime, tenant set-format, tenant set-cookie, setup and 8 more).",
    });
  });

  it('is requested again after a temporary failure', async () => {
    const unavailable = () => new Response('<html>', { status: 308 });
    const { tenant, bearers } = asked([unavailable, tokenCalled('a-token'), named], {});
    await failureOf(() => request(tenant));
    await request(tenant);
    expect(bearers).toEqual([undefined, undefined, 'Bearer a-token']);
  });

  it.each([
    ['half a character', '\ud800'],
    ['a line break', 'a\nb'],
    ['nothing', ''],
    ['an umlaut', 'tüken'],
  ])('that is %s is invalid, and nothing is sent with it', async (_, token) => {
    const { tenant } = asked([tokenCalled(token)], {});
    expect(await failureOf(() => request(tenant))).toMatchObject({
      code: 'response_invalid',
      message:
        "The tenant's answer to POST /oauth/token is not valid: access_token must be a token that fits into a header.",
    });
  });

  it('is renewed once for all requests that were refused at the same time', async () => {
    const { tenant, bearers } = asked([refused, refused, tokenCalled('new-token'), named, named], {
      cache: keeperOf(kept),
    });
    await Promise.all([request(tenant), request(tenant)]);
    expect(bearers.filter((bearer) => bearer === undefined)).toHaveLength(1);
  });

  it.each([
    ['by the tenant', { scope: 'read:clients  update:clients' }, 'opaque', ['read:clients', 'update:clients']],
    ['by itself', {}, jwt({ scope: 'read:clients' }), ['read:clients']],
    ['by nobody', {}, 'opaque', undefined],
  ])('has the scopes that are reported %s', async (_, more, token, scopes) => {
    const { tenant } = asked([tokenCalled(token, more)], {});
    expect((await managementToken(tenant)).scopes).toEqual(scopes);
  });
});

describe('a private key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('signs a new assertion for each token', async () => {
    const bodies: Record<string, string>[] = [];
    const tenant = scriptedConnection(
      [
        ({ body }) => {
          bodies.push(JSON.parse(body ?? ''));
          return tokenCalled('new-token')();
        },
        named,
      ],
      {
        management: secretAccess('tool', String(privateKey.export({ type: 'pkcs8', format: 'pem' })), {
          credentials: { kind: 'private_key', clientId: 'tool', alg: 'ES256' },
        }),
      },
    );
    await request(tenant);
    const [body = {}] = bodies;
    expect(body).toEqual({
      grant_type: 'client_credentials',
      client_id: 'tool',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.any(String),
      audience: 'https://acme.example/api/v2/',
    });
    const checks = { algorithms: ['ES256'], audience: 'https://acme.example/', currentDate: new Date(noon) };
    expect((await jwtVerify(body.client_assertion ?? '', publicKey, checks)).payload).toMatchObject({ iss: 'tool' });
  });
});

describe('a ready access token', () => {
  const ready = (token: string, answers: readonly (() => Response)[], more: Partial<ManagementAccess> = {}) => {
    const credentials = { kind: 'access_token' } as const;
    return scriptedConnection(answers, { management: secretAccess('', token, { credentials, ...more }) });
  };

  it('is used unchanged', async () => {
    const tenant = ready(jwt({ exp: noon / 1000 + 30 }), [named, named]);
    await request(tenant);
    await request(tenant);
    expect(tenant.sent).toHaveLength(2);
  });

  it('that has expired is not sent, and the hint explains how to give a new one', async () => {
    const tenant = ready(jwt({ exp: noon / 1000 }), []);
    expect(await failureOf(() => request(tenant))).toMatchObject({
      code: 'not_authorised',
      message: "The access token of profile 'acme' has expired.",
      hint: 'Replace it: anon-cli login acme --access-token -',
    });
    const fromEnvironment = ready(jwt({ exp: noon / 1000 }), [], { source: 'environment' });
    expect((await failureOf(() => request(fromEnvironment))).hint).toBe('Set a new token in AUTH0_ACCESS_TOKEN.');
  });

  it.each([
    ['profile', "The access token of profile 'acme' is malformed."],
    ['login', 'The given access token is malformed.'],
    ['environment', 'AUTH0_ACCESS_TOKEN is not a valid access token.'],
  ] as const)(
    'that is malformed is not sent, and the message names where it was given: %s',
    async (source, message) => {
      const tenant = ready('two words\n', [], { source });
      expect(await failureOf(() => request(tenant))).toMatchObject({ code: 'not_authorised', message });
    },
  );

  it.each([
    ['Expired token received for JSON Web Token validation', 401, undefined, 'has expired.'],
    [
      'Bad audience: https://other.example/api/v2/',
      401,
      undefined,
      'is for a tenant other than acme.example, or not for its Management API (401). The tenant reported: "Bad audience: https://other.example/api/v2/"',
    ],
    [
      'Invalid signature received for JSON Web Token validation',
      401,
      undefined,
      'was refused: Invalid signature received for JSON Web Token validation (401).',
    ],
    [
      'Bad HTTP authentication header format',
      400,
      'Bearer',
      'is not a Management API token (400). The tenant reported: "Bad HTTP authentication header format"',
    ],
  ])('that is refused with "%s" is not replaced', async (message, status, errorCode, problem) => {
    const tenant = ready('opaque', [json({ statusCode: status, error: 'Unauthorized', message, errorCode }, status)]);
    expect(await failureOf(() => request(tenant))).toMatchObject({
      code: 'not_authorised',
      message: `The access token of profile 'acme' ${problem}`,
      hint: 'Replace it: anon-cli login acme --access-token -',
    });
  });
});

describe('no token', () => {
  const html = () => new Response('<html>', { status: 404 });
  it.each([
    [
      'wrong or unknown client',
      json({ error: 'access_denied', error_description: 'Unauthorized' }, 401),
      'not_authorised',
      'wrong client id or secret, or the secret was rotated (401). The tenant reported: "Unauthorized"',
      'anon-cli login acme --client-id',
    ],
    [
      'the same in other words',
      json({ error: 'invalid_client', error_description: 'Client authentication failed' }, 401),
      'not_authorised',
      'wrong client id or secret',
      'anon-cli login acme --client-id',
    ],
    [
      'no client grant',
      json(
        {
          error: 'access_denied',
          error_description:
            'Client is not authorized to access "https://acme.example/api/v2/". You need to create a "client-grant" associated to this API.',
        },
        403,
      ),
      'not_authorised',
      'client tool has no grant for the Management API (403).',
      'Machine to Machine',
    ],
    [
      'no client grant, in newer words',
      json(
        {
          error: 'access_denied',
          error_description:
            'Client "tool" is not authorized to access resource server "https://acme.example/api/v2/".',
        },
        403,
      ),
      'not_authorised',
      'client tool has no grant for the Management API (403).',
      'Machine to Machine',
    ],
    [
      'no such audience',
      json(
        {
          error: 'access_denied',
          error_description: 'Service not enabled within domain: https://acme.example/api/v2/',
        },
        403,
      ),
      'not_authorised',
      'the tenant has no API https://acme.example/api/v2/ (403).',
      'Custom domains have no Management API.',
    ],
    [
      'the grant type off',
      json(
        {
          error: 'unauthorized_client',
          error_description: "Grant type 'client_credentials' not allowed for the client.",
        },
        403,
      ),
      'not_authorised',
      'client tool is not allowed to use the client credentials grant (403).',
      'Grant Types',
    ],
    ['a host that is no tenant', html, 'tenant_unreachable', 'acme.example is not an Auth0 tenant', 'Check the domain'],
    [
      'a host that answers something',
      json({ oops: true }, 404),
      'tenant_unreachable',
      'acme.example is not an Auth0 tenant',
      'Check the domain',
    ],
    ...[403, 407, 451].map(
      (status) =>
        [
          `a page with ${status}`,
          () => new Response('<html>Blocked</html>', { status }),
          'tenant_unreachable',
          'acme.example does not answer like an Auth0 tenant. The tenant answered POST /oauth/token with',
          'A firewall or proxy may have answered instead',
        ] as const,
    ),
    [
      'a proxy that says nothing',
      () => new Response(null, { status: 407 }),
      'tenant_unreachable',
      'acme.example does not answer like an Auth0 tenant. It answered POST /oauth/token with 407.',
      'A firewall or proxy may have answered instead',
    ],
    [
      'a host that sends elsewhere',
      () => new Response(null, { status: 301 }),
      'tenant_unreachable',
      'acme.example is not an Auth0 tenant',
      'Check the domain',
    ],
  ] as const)('results from %s', async (_, answer, code, message, hint) => {
    const { tenant } = asked([answer], {});
    const error = await failureOf(() => request(tenant));
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error.hint ?? '').toContain(hint);
  });

  it('results from a rate limit that continues', async () => {
    const limited = json({ error: 'too_many_requests' }, 429, { 'retry-after': '700' });
    const { tenant } = asked([limited], {});
    expect(await failureOf(() => request(tenant))).toMatchObject({
      code: 'rate_limited',
      message: "The tenant's rate limit for access tokens was reached.",
      hint: expect.stringContaining('Try again in 700 seconds'),
    });
  });

  it('masks the secret in the words of a rate limit, which may repeat the request', async () => {
    const repeated = { error: 'too_many_requests', error_description: 'Slow down, the-secret-of-the-tool' };
    const { tenant } = asked([json(repeated, 429, { 'retry-after': '700' })], {});
    expect(await failureOf(() => request(tenant))).toMatchObject({
      message: `The tenant's rate limit for access tokens was reached. The tenant reported: "Slow down, ***"`,
    });
  });

  it('results from a private key that the client does not have', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const management = secretAccess('tool', text, {
      credentials: { kind: 'private_key', clientId: 'tool', alg: 'ES256' },
    });
    const denied = json({ error: 'access_denied', error_description: 'Unauthorized' }, 401);
    expect(await failureOf(() => request(scriptedConnection([denied], { management })))).toMatchObject({
      message:
        'The tenant refused the credentials of profile \'acme\': wrong client id, or the client may not sign ES256 with this key (401). The tenant reported: "Unauthorized"',
      hint: 'Replace them: anon-cli login acme --client-id <id> --private-key <file>',
    });
  });
});
