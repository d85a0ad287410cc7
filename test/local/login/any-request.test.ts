import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHtml } from '../../support/html.ts';
import { type LoginBrowser, loginBrowser, type Visit } from '../../support/login-browser.ts';
import {
  callback,
  challenge,
  type LoginTenant,
  loggedOut,
  loginTenant,
  rightRequest,
} from '../../support/login-tenant.ts';
import { payloads } from '../../support/payloads.ts';

// Whatever a browser sends: the tenant answers, leads nowhere else, and repeats nothing as HTML or as a header.

const names = [
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'audience', 'state', 'nonce', 'prompt'],
  ...[
    'code_challenge',
    'code_challenge_method',
    'max_age',
    'login_hint',
    'screen_hint',
    'id_token_hint',
    'request_uri',
  ],
  ...['connection', 'organization', 'ui_locales', 'session_token', 'anon_transfer_token', 'returnTo', 'logout_hint'],
  ...['post_logout_redirect_uri', 'username', 'password', 'user', 'email', '__proto__', 'constructor', 'x'],
] as const;

const right = [
  ...['code', 'id_token', 'code id_token', 'query', 'fragment', 'form_post', 'web_message', 'none', 'login', 'S256'],
  ...['plain', 'openid', 'openid offline_access', '0', '60', 'signup', 'https://api.shop.example', callback, loggedOut],
  ...[challenge, 'jane@example.com', 'urn:ietf:params:oauth:request_uri:x', 'https://evil.example/', '//evil.example'],
];

const paths = ['/authorize', '/u/login', '/u/signup', '/u/logout', '/v2/logout', '/oidc/logout'];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...right) },
  { weight: 1, arbitrary: fc.constantFrom(...payloads.map(([, text]) => text)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);
const parameters = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 14 });
interface Sent {
  readonly path: string;
  readonly isForm: boolean;
  /** A change of a request that is right, so that it gets far; otherwise only what was drawn. */
  readonly isChange: boolean;
  readonly withState: boolean;
  readonly parameters: [string, string][];
}

const sent: fc.Arbitrary<Sent> = fc.record({
  path: fc.oneof({ weight: 3, arbitrary: fc.constant('/authorize') }, fc.constantFrom(...paths)),
  isForm: fc.boolean(),
  isChange: fc.boolean(),
  withState: fc.boolean(),
  parameters: parameters.map((pairs) => pairs.map(([name, text]): [string, string] => [name, text])),
});

const origins = ['https://shop.example', 'https://localhost:4400'];

function check({ status, target, headers, text }: Visit): void {
  expect(status).toBeLessThan(500);
  if (target) expect(origins).toContain(target.origin);
  for (const set of headers.getSetCookie()) expect(set).toMatch(/^(?:auth0|auth0_compat|did)=[\w-]*; HttpOnly/);
  if (headers.get('content-type')?.startsWith('text/html')) {
    const scripts = readHtml(text).tags.filter((tag) => /^script|onload|onerror|onfocus|alert/.test(tag));
    expect(scripts.length).toBeLessThanOrEqual(4);
    expect(scripts.join()).not.toContain('alert');
    expect(text).not.toContain('\0');
  }
}

async function send(tenant: LoginTenant, browser: LoginBrowser, state: string, request: Sent): Promise<Visit> {
  const all = new URLSearchParams(request.isChange ? rightRequest(tenant.app.client_id) : request.parameters);
  if (request.isChange) for (const [name, text] of request.parameters.slice(0, 4)) all.set(name, text);
  if (request.withState && request.path.startsWith('/u/')) all.set('state', state);
  if (request.isForm) return browser.visit(request.path, { form: all.toString() });
  return browser.visit(`${request.path}?${all}`);
}

describe('any request', () => {
  it.each(['preview', 'ea'] as const)('is answered safely, edition %s', async (edition) => {
    const tenant = await loginTenant({ edition });
    const session = await tenant.loggedIn();
    const page = await session.visit(tenant.authorizePath({ prompt: 'login' }));
    const state = page.target?.searchParams.get('state') ?? '';
    await fc.assert(
      fc.asyncProperty(sent, fc.boolean(), async (request, hasSession) => {
        const browser = hasSession ? loginBrowser(tenant, session.cookies) : tenant.browser();
        check(await send(tenant, browser, state, request));
      }),
      { numRuns: 600 },
    );
  });
});
