import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RequestRing } from '../../src/local/control/request-ring.ts';
import { routes } from '../../src/local/responder.ts';
import { controlRoutes } from '../../src/local/routes/control.ts';
import { memoryDatabase } from '../../src/local/store/memory.ts';
import { makeKeys } from '../../src/local/tokens/keys.ts';
import { sequenceOfBytes } from '../support/local.ts';
import { memoryStore } from '../support/memory-store.ts';

const page = 'docs/local-tenant.md';

/** How sure it is that the service does the same, and what there is to know. Hono's `:id` is written `{id}`. */
const about: Readonly<Record<string, readonly [string, string]>> = {
  '/anonymous/token': [
    'doc, live, rec, sdk',
    'creates guest sessions, updates them (`preview`) or renews them (`ea`); session tokens as JWE, in `preview` also as JWT; transfer tickets (`ea`)',
  ],
  '/anonymous/logout': ['live, doc', 'revokes nothing; in `ea` it clears the cookie'],
  '/oauth/token': [
    'doc, sdk',
    '`client_credentials`, for the Management API or your own; `authorization_code` with PKCE, a code is good once, for 60 seconds [ours]; `refresh_token` with rotation, reuse detection, leeway and lifetimes',
  ],
  '/authorize': ['doc, sdk', 'logs in: see [Logins](#logins)'],
  '/u/login': ['ours', 'the login page, under the name of the service'],
  '/u/signup': ['ours', 'the sign-up page'],
  '/v2/logout': ['doc, sdk', "ends the browser's session, and leads to an allowed logout URL"],
  '/oidc/logout': [
    'doc, sdk',
    'the same by OpenID Connect, with `id_token_hint` or `logout_hint`; without either it asks first',
  ],
  '/u/logout': ['ours', 'the answer to that question'],
  '/userinfo': [
    'doc, sdk',
    'the claims of the granted scopes, and those that Actions set for the ID token, if the access token has no API; the token in the header, in the form of a POST or, for older SDKs, in the query',
  ],
  '/oauth/revoke': ['doc, sdk', 'revokes a refresh token and those that followed it; access tokens are refused'],
  '/oauth/par': [
    'doc',
    "pushed authorization requests, good once, for 30 seconds or the application's `par_request_expiry`",
  ],
  '/.well-known/jwks.json': ['doc, sdk', 'the keys of all signatures: see [Its keys](#its-keys)'],
  '/.well-known/openid-configuration': ['doc, sdk', 'lists only what is served'],
  '/.well-known/oauth-authorization-server': ['sdk', 'the same document'],
  '/api/v2/tenants/settings': ['doc, rec', ''],
  '/api/v2/clients': [
    'doc, rec',
    'both kinds of paging, filters, `fields`, validation with the messages of the service',
  ],
  '/api/v2/clients/{id}': ['doc, rec', ''],
  '/api/v2/clients/{id}/rotate-secret': ['doc', 'a new secret; the old one stops working'],
  '/api/v2/clients/{id}/credentials': ['doc', 'public keys for `private_key_jwt`'],
  '/api/v2/clients/{id}/credentials/{credential}': ['doc', ''],
  '/api/v2/resource-servers': ['doc, rec', ''],
  '/api/v2/resource-servers/{id}': ['doc, rec', 'by id, or by URL-encoded identifier'],
  '/api/v2/client-grants': ['doc, rec', ''],
  '/api/v2/client-grants/{id}': ['doc, rec', ''],
  '/api/v2/users': ['doc', '`sort`; of searches (`q`) only one for an e-mail address'],
  '/api/v2/users/{id}': ['doc', ''],
  '/api/v2/users-by-email': ['doc', ''],
  '/_anon/clock': ['ours', "shows and moves the tenant's clock: see [Its clock](#its-clock)"],
  '/_anon/faults': ['ours', 'shows, adds and removes faults: see [Faults and limits](#faults-and-limits)'],
  '/_anon/faults/{fault}': ['ours', 'removes a fault, by its name or id'],
  '/_anon/limits': ['ours', 'shows, sets and removes limits'],
  '/_anon/keys': ['ours', 'shows and rotates the keys: see [Its keys](#its-keys)'],
  '/_anon/keys/{kid}': ['ours', 'revokes a previous key'],
  '/_anon/state': [
    'ours',
    'the state of a tenant in memory, for commands of `anon-cli` inside [local exec](#a-tenant-for-one-command)',
  ],
  '/_anon/requests': ['ours', 'the requests that a server has recorded: see [Its requests](#its-requests)'],
};

const tableForm = /\| methods \| path \| as sure as \| \|\n[\s\S]*?\n\n/;

/** The route table as rows of the page. */
function table(): string {
  const scope = { store: memoryStore(), random: sequenceOfBytes() };
  const { guests, others } = routes(scope, { clock: () => 0 });
  const served = new Map<string, Set<string>>();
  const sharedState = { database: memoryDatabase(), servedAt: () => ({ url: '', ca: null }) };
  const control = controlRoutes({ ...scope, keys: makeKeys, ring: new RequestRing(), served: [], sharedState });
  for (const { method, path: pattern } of [...guests.routes, ...others.routes, ...control.routes]) {
    // Middleware, and what refuses everything else.
    if (method === 'ALL') continue;
    const path = pattern.replaceAll(/:(\w+)/g, '{$1}');
    served.set(path, (served.get(path) ?? new Set()).add(method));
  }
  const rows = [...served].map(([path, methods]) => {
    const [sure, what] = about[path] ?? ['?', 'undescribed'];
    return `| ${[...methods].join(', ')} | \`${path}\` | ${sure} | ${what} |`;
  });
  return ['| methods | path | as sure as | |', '|---|---|---|---|', ...rows].join('\n');
}

it('docs/local-tenant.md has the route table', async () => {
  expect(table()).not.toContain('undescribed');
  for (const path of Object.keys(about)) expect(table()).toContain(`\`${path}\``);
  const text = readFileSync(page, 'utf8');
  expect(text).toMatch(tableForm);
  await expect(text.replace(tableForm, () => `${table()}\n\n`)).toMatchFileSnapshot(join('..', '..', page));
});
