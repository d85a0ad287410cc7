import { describe, expect, it } from 'vitest';
import { answerIn } from '../../support/login-browser.ts';
import { type Changes, callback, challenge, loginTenant } from '../../support/login-tenant.ts';

// Requests whose callback can be trusted: the application learns why they are refused, there and as it asked to.

type Row = [what: string, changes: Changes, error: string, description: string];

const code = 'code_challenge must have 43 to 128 letters, digits, hyphens, periods, underscores or tildes.';
const types = 'The local tenant supports the response types code, id_token and code id_token.';
const prompts = 'prompt must be none, login, consent or select_account.';
const alone = 'prompt=none cannot be combined with another value.';
const seconds = 'max_age must be a whole number of seconds.';
const noConnection = 'The connection does not exist: the local tenant has only Username-Password-Authentication.';

const rows: Row[] = [
  ['no response type', { response_type: undefined }, 'invalid_request', 'Missing required parameter: response_type'],
  ['an empty response type', { response_type: '' }, 'invalid_request', 'Missing required parameter: response_type'],
  ['a blank response type', { response_type: ' ' }, 'invalid_request', 'Missing required parameter: response_type'],
  ['an unknown response type', { response_type: 'cookie' }, 'unsupported_response_type', types],
  ['response type none', { response_type: 'none' }, 'unsupported_response_type', types],
  ['response type in other case', { response_type: 'Code' }, 'unsupported_response_type', types],
  ['an unknown response mode', { response_mode: 'cookie' }, 'invalid_request', 'The response mode is not supported.'],
  ['a signed response', { response_mode: 'query.jwt' }, 'invalid_request', 'The response mode is not supported.'],
  ['an unknown prompt', { prompt: 'create' }, 'invalid_request', prompts],
  ['an unknown prompt among others', { prompt: 'login please' }, 'invalid_request', prompts],
  ['prompt none and login', { prompt: 'none login' }, 'invalid_request', alone],
  ['prompt none and consent', { prompt: 'consent none' }, 'invalid_request', alone],
  ['a negative max_age', { max_age: '-1' }, 'invalid_request', seconds],
  ['a max_age with a fraction', { max_age: '1.5' }, 'invalid_request', seconds],
  ['a max_age in words', { max_age: 'soon' }, 'invalid_request', seconds],
  ['a max_age in other digits', { max_age: '१२' }, 'invalid_request', seconds],
  ['a max_age beyond bounds', { max_age: '9'.repeat(400) }, 'invalid_request', seconds],
  ['a short challenge', { code_challenge: challenge.slice(1) }, 'invalid_request', code],
  ['a long challenge', { code_challenge: 'a'.repeat(129) }, 'invalid_request', code],
  ['a challenge in base64', { code_challenge: `${challenge.slice(1)}=` }, 'invalid_request', code],
  ['a challenge with a space', { code_challenge: `${challenge} ` }, 'invalid_request', code],
  [
    'a challenge with an unknown method',
    { code_challenge_method: 'S512' },
    'invalid_request',
    'code_challenge_method must be S256 or plain.',
  ],
  [
    'a challenge with no method',
    { code_challenge_method: 'none' },
    'invalid_request',
    'code_challenge_method must be S256 or plain.',
  ],
  [
    'a method without a challenge',
    { code_challenge: undefined },
    'invalid_request',
    'code_challenge_method needs a code_challenge.',
  ],
  [
    'a request object',
    { request: 'eyJhbGciOiJub25lIn0.e30.' },
    'request_not_supported',
    'The parameter request is not supported.',
  ],
  [
    'a request object at an address',
    { request_uri: 'https://evil.example/request' },
    'request_uri_not_supported',
    'Only a request_uri from /oauth/par is supported.',
  ],
  [
    'a registration',
    { registration: '{}' },
    'registration_not_supported',
    'The parameter registration is not supported.',
  ],
  ['an organization', { organization: 'org_1' }, 'invalid_request', 'The local tenant does not imitate organizations.'],
  ['an unknown connection', { connection: 'google-oauth2' }, 'invalid_request', noConnection],
  [
    'an unknown audience',
    { audience: 'https://nothing.example' },
    'access_denied',
    'Service not found: https://nothing.example',
  ],
];

describe('a request is refused at the callback', () => {
  it.each(rows)('%s', async (_, changes, error, error_description) => {
    const tenant = await loginTenant();
    const visit = await (await tenant.loggedIn()).visit(tenant.authorizePath(changes));
    expect(visit.status).toBe(302);
    expect(visit.headers.get('location')?.startsWith(`${callback}?`)).toBe(true);
    expect(answerIn(visit)).toEqual({ error, error_description, state: 'state of the application' });
    expect(visit.headers.get('set-cookie')).toBeNull();
  });

  it.each<Row>([
    ['a nonce is missing', { nonce: undefined }, 'invalid_request', 'Missing required parameter: nonce'],
    ['a nonce is empty', { nonce: '' }, 'invalid_request', 'Missing required parameter: nonce'],
    [
      'openid is missing',
      { scope: 'profile' },
      'invalid_request',
      'The response type id_token needs the scope openid.',
    ],
    [
      'the scope is missing',
      { scope: undefined },
      'invalid_request',
      'The response type id_token needs the scope openid.',
    ],
    [
      'it asks for a query',
      { response_mode: 'query' },
      'invalid_request',
      'The response mode query cannot carry tokens.',
    ],
  ])('in its fragment, where an ID token is asked for and %s', async (_, changes, error, error_description) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    for (const response_type of ['id_token', 'code id_token', 'id_token code']) {
      const visit = await browser.visit(tenant.authorizePath({ response_type, ...changes }));
      const answer = { error, error_description, state: 'state of the application' };
      expect(answerIn(visit, 'fragment')).toEqual(answer);
      expect(visit.target?.search).toBe('');
    }
  });

  it.each(['token', 'code token', 'token id_token'])(
    'in its fragment, where it asks for the type %s',
    async (response_type) => {
      const tenant = await loginTenant();
      const visit = await (await tenant.loggedIn()).visit(tenant.authorizePath({ response_type }));
      expect(answerIn(visit, 'fragment')).toMatchObject({
        error: 'unsupported_response_type',
        error_description: types,
      });
      expect(visit.target?.search).toBe('');
    },
  );

  it('for a message, where its callback is not a page', async () => {
    const redirect_uri = 'com.example.shop://cb';
    const tenant = await loginTenant({ app: { callbacks: [callback, redirect_uri] } });
    const request = { redirect_uri, response_mode: 'web_message' };
    const visit = await (await tenant.loggedIn()).visit(tenant.authorizePath(request));
    expect(visit.target?.protocol).toBe('com.example.shop:');
    expect(answerIn(visit)).toMatchObject({
      error: 'invalid_request',
      error_description: 'The response mode web_message needs a web page.',
    });
  });

  it.each([
    ['code', 'authorization_code', 'query'],
    ['id_token', 'implicit', 'fragment'],
    ['code id_token', 'authorization_code', 'fragment'],
  ] as const)('response type %s, which the application may not use', async (response_type, grant, place) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const others = ['authorization_code', 'implicit', 'refresh_token'].filter((name) => name !== grant);
    await tenant.change('client', tenant.app.client_id, { grant_types: others });
    expect(answerIn(await browser.visit(tenant.authorizePath({ response_type })), place)).toEqual({
      error: 'unauthorized_client',
      error_description: `Grant type '${grant}' not allowed for the client.`,
      state: 'state of the application',
    });
  });

  it.each([
    ...['response_type', 'response_mode', 'scope', 'audience', 'state', 'nonce', 'code_challenge'],
    ...['code_challenge_method', 'prompt', 'max_age', 'login_hint', 'screen_hint', 'id_token_hint', 'connection'],
    ...['ui_locales', 'acr_values', 'session_token', 'anon_transfer_token', 'anonymous_session_token'],
  ])('%s is given twice', async (name) => {
    const tenant = await loginTenant();
    const path = `${tenant.authorizePath({ [name]: undefined })}&${name}=a&${name}=b`;
    const visit = await (await tenant.loggedIn()).visit(path);
    expect(answerIn(visit)).toMatchObject({
      error: 'invalid_request',
      error_description: `The parameter ${name} is given more than once.`,
    });
  });

  it.each([
    ['deny_all', { policy: 'deny_all' }],
    ['require_client_grant', { policy: 'require_client_grant' }],
  ])('an API with the policy %s for users is not for this application', async (_, user) => {
    const tenant = await loginTenant({ api: { subject_type_authorization: { user, client: user } } });
    const answer = await tenant.authorized({ audience: tenant.api.identifier });
    expect(answer).toMatchObject({ error: 'access_denied', state: 'state of the application' });
    expect(answer).not.toHaveProperty('code');
  });
});

describe('what a request may have', () => {
  it('is read from a form as from a query', async () => {
    const tenant = await loginTenant();
    const [, query = ''] = tenant.authorizePath({ prompt: 'create' }).split('?');
    const visit = await tenant.browser().visit('/authorize', { form: query });
    expect(visit.status).toBe(303);
    expect(answerIn(visit)).toMatchObject({ error: 'invalid_request', error_description: prompts });
  });

  it.each([
    ['parameters that nobody knows, even twice', '&auth0Client=a&auth0Client=b&x=%00'],
    ['a value that is empty', '&audience=&max_age=&prompt=&organization='],
  ])('are %s', async (_, more) => {
    const tenant = await loginTenant();
    const visit = await (await tenant.loggedIn()).visit(`${tenant.authorizePath()}${more}`);
    expect(answerIn(visit)).toEqual({ code: expect.any(String), state: 'state of the application' });
  });
});
