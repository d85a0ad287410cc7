import { describe, expect, it } from 'vitest';
import { factsOfConfig, factsOfTenant, type PolicyFacts } from '../../../src/domain/config/policy-facts.ts';
import { isRefused, policyViolations } from '../../../src/domain/config/policy-violations.ts';
import { readConfig } from '../../../src/domain/config/read-config.ts';
import { guestMatrix } from '../../../src/domain/gates/matrix.ts';
import { readTenant } from '../../../src/domain/tenant/settings.ts';
import { connectionTo } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

async function configOf(text: string) {
  const ports = {
    readText: async () => text,
    locate: (name: string) => ({ name, id: name }),
    variables: () => undefined,
  };
  const { written, problems } = await readConfig({ files: ['anon.yaml'], settings: [], policyFiles: [] }, ports);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (!written) throw new Error('no configuration');
  return written.config;
}

/** What one policy says: `violated tenant: …`. */
async function found(policy: string, config: string | PolicyFacts): Promise<string[]> {
  const { policies } = await configOf(`policies: [{ ${policy} }]`);
  const facts = typeof config === 'string' ? factsOfConfig(await configOf(config)) : config;
  return policyViolations(policies, facts).map(({ state, subject, message }) => `${state} ${subject}: ${message}`);
}

const shop =
  'apis: {shop: {open: true, token-lifetime: 2d, scopes: [read:a], apps: {web: [write:a, admin:b], pos: [read:b]}}}';

describe('a policy', () => {
  it.each<[policy: string, config: string, found: string[]]>([
    ['max-session-lifetime: 90d', 'tenant: {lifetime: 90d}', []],
    [
      'max-session-lifetime: 90d',
      'tenant: {lifetime: 91d}',
      ['violated tenant: Sessions live 91 days; the maximum is 90 days.'],
    ],
    [
      'max-session-lifetime: 90d',
      'tenant: {lifetime: never}',
      ['violated tenant: Sessions never expire; the maximum is 90 days.'],
    ],
    ['max-session-lifetime: 90d', 'tenant: {}', ['unknown tenant: Cannot tell the session lifetime: it is not given.']],
    ['min-session-lifetime: 30d', 'tenant: {lifetime: never}', []],
    [
      'min-session-lifetime: 30d',
      'tenant: {lifetime: 1d}',
      ['violated tenant: Sessions live 1 day; the minimum is 30 days.'],
    ],
    ['token-format: jwe', 'tenant: {format: jwe}', []],
    ['token-format: jwe', 'tenant: {format: jwt}', ['violated tenant: Session tokens are JWT, not JWE.']],
    ['cookie: false', 'tenant: {cookie: false}', []],
    ['cookie: false', 'tenant: {cookie: true}', ['violated tenant: Browsers get the session as a cookie.']],
    ['cookie: true', 'tenant: {cookie: false}', ['violated tenant: Browsers do not get the session as a cookie.']],
    ['max-token-lifetime: 2d', shop, []],
    ['max-token-lifetime: 1d', shop, ["violated shop: Guests' access tokens are valid 2 days; the maximum is 1 day."]],
    ['max-token-lifetime: 1d, apis: [other]', shop, []],
    [
      'max-token-lifetime: 1d',
      'apis: {shop: {}}',
      ["unknown shop: Cannot tell how long guests' access tokens are valid: it is not given."],
    ],
    ['max-token-lifetime: 1d', 'apis: {shop: {open: false}}', []],
    [
      'forbidden-scopes: ["write:*", "admin:*"]',
      shop,
      ['violated shop: Guests of web are granted write:a, admin:b; write:* or admin:* is forbidden.'],
    ],
    ['forbidden-scopes: ["write:*|admin:*"], apps: [pos]', shop, []],
    [
      'forbidden-scopes: ["read:*"], apps: [p*]',
      shop,
      [
        'violated shop: Guests are granted read:a; read:* is forbidden.',
        'violated shop: Guests of pos are granted read:b; read:* is forbidden.',
      ],
    ],
    [
      'forbidden-scopes: ["*"], apis: [s*p]',
      'apis: {shop: {scopes: []}, soap: {scopes: [x]}}',
      ['violated soap: Guests are granted x; * is forbidden.'],
    ],
    ['forbidden-scopes: ["a.c"]', 'apis: {shop: {scopes: [abc]}}', []],
    [
      'forbidden-scopes: [x]',
      'apis: {shop: {}}',
      ['unknown shop: Cannot tell which scopes guests get: they are not given.'],
    ],
    ['forbidden-claims: [metadata.email]', 'claims: {x: metadata.language}', []],
    [
      'forbidden-claims: [metadata.email]',
      'claims: {x: metadata.email}',
      ['violated claims: Claim x shows metadata.email.'],
    ],
    [
      'forbidden-claims: [metadata.email]',
      'claims: {x: metadata.email.work}',
      ['violated claims: Claim x shows metadata.email.'],
    ],
    ['forbidden-claims: [metadata.email]', 'claims: {x: metadata}', ['violated claims: Claim x shows metadata.email.']],
    ['forbidden-claims: [metadata.email]', 'claims: {x: metadata.emails}', []],
    [
      'forbidden-claims: [metadata.email]',
      'tenant: {}',
      ['unknown claims: Cannot tell which claims are mapped: they are not given.'],
    ],
  ])('%s for %s', async (policy, config, expected) => {
    expect(await found(policy, config)).toEqual(expected);
  });

  it('refuses only with severity error, and only what is certain', async () => {
    const config = await configOf(
      'tenant: {lifetime: never}\npolicies: [{max-session-lifetime: 90d, severity: warning}, {token-format: jwe}]',
    );
    const warned = policyViolations(config.policies, factsOfConfig(config));
    expect(warned.map(({ state }) => state)).toEqual(['violated', 'unknown']);
    expect(isRefused(warned)).toBe(false);
    const refused = await configOf('tenant: {lifetime: never}\npolicies: [{max-session-lifetime: 90d}]');
    expect(isRefused(policyViolations(refused.policies, factsOfConfig(refused)))).toBe(true);
  });
});

describe('a tenant', () => {
  it.each(['preview', 'ea'] as const)('of edition %s is judged by its settings and its matrix', async (edition) => {
    const tenant = await openTenant({ edition });
    const connection = connectionTo(tenant);
    const [view, matrix] = [await readTenant(connection), await guestMatrix(connection, { all: false })];
    const facts = factsOfTenant(view, matrix, []);
    expect(await found('forbidden-scopes: ["write:*"]', facts)).toEqual([
      `violated ${tenant.api.identifier}: Guests of web are granted write:cart; write:* is forbidden.`,
    ]);
    expect(await found(`forbidden-scopes: ["write:*"], apps: ["${tenant.app.client_id}"]`, facts)).toHaveLength(1);
    expect(await found('forbidden-scopes: ["write:*"], apps: [other]', facts)).toEqual([]);
    expect(await found('token-format: jwe', facts)).toEqual([]);
    expect(await found('cookie: true', facts)).toHaveLength(edition === 'ea' ? 0 : 1);
    expect(await found('max-session-lifetime: 1d', facts)).toHaveLength(1);
    expect(await found('forbidden-claims: [metadata]', facts)).toEqual([]);
    expect(await found('forbidden-claims: [metadata]', factsOfTenant(view, matrix, undefined))).toHaveLength(1);
  });
});
