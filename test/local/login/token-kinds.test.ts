import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { hiddenFields } from '../../support/html.ts';
import { answerIn, loginBrowser } from '../../support/login-browser.ts';
import {
  answerOf,
  formOf,
  type LoginTenant,
  loginTenant,
  rightExchange,
  rightRequest,
} from '../../support/login-tenant.ts';

// Every kind of token that the tenant writes, presented at every place that takes one of another kind.

const editions = ['preview', 'ea'] as const;
type Tokens = Readonly<Record<string, string>>;

/** One of each kind, all of them good. */
async function everyKind(tenant: LoginTenant): Promise<Tokens> {
  const { app, server, api, admin, issuer, send } = tenant;
  const guest = await tenant.session();
  const opaque = await tenant.tokens();
  const forApi = await tenant.tokens({ audience: api.identifier });
  const dialect = (token_dialect: string) => tenant.change('resource_server', api.id, { token_dialect });
  await dialect('rfc9068_profile');
  const standard = await tenant.tokens({ audience: api.identifier });
  await dialect('access_token');
  const machine = await send('POST', '/oauth/token', {
    json: { ...clientOf(admin), grant_type: 'client_credentials', audience: `${issuer}api/v2/` },
  });
  const par = await send('POST', '/oauth/par', { form: rightRequest(app.client_id) });
  const page = await tenant.browser().visit(tenant.authorizePath());
  const browser = await tenant.loggedIn();
  const question = await browser.visit('/oidc/logout');
  const other = await tenant.authorized({ ...rightRequest(server.client_id), response_type: 'id_token' });
  const kinds: Record<string, string | undefined> = {
    "a guest's access token": guest.access_token,
    'a session token': guest.session_token,
    'a transfer ticket': await ticketOf(tenant, guest.session_token),
    'a code': (await tenant.authorized()).code,
    'a refresh token': opaque.refresh_token,
    'an ID token': opaque.id_token,
    "another application's ID token": other.id_token,
    "a user's opaque access token": opaque.access_token,
    "a user's access token for an API and userinfo": forApi.access_token,
    "a user's access token in the profile of RFC 9068": standard.access_token,
    'a management token': machine.body.access_token,
    'a login state': page.target?.searchParams.get('state') ?? undefined,
    'a logout state': hiddenFields(question.text).state,
    'a request_uri': par.body.request_uri,
    'a session cookie': browser.cookies.get('auth0'),
    'a client secret': app.client_secret,
  };
  const made = Object.entries(kinds).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(made);
}

function clientOf({ client_id, client_secret }: LoginTenant['admin']) {
  return { client_id, client_secret };
}

async function ticketOf(tenant: LoginTenant, session_token: string): Promise<string | undefined> {
  if (tenant.edition !== 'ea') return undefined;
  const { body } = await tenant.anonymousToken({ audience: 'urn:auth0:anon_transfer', session_token });
  return body.anon_transfer_token;
}

/** Whether a place took a token. */
type Place = (tenant: LoginTenant, token: string) => Promise<boolean>;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Carries a token into a login. Taken: a guest came along, as the Action saw. */
function carrying(
  carry: (token: string) => { query?: Record<string, string>; headers?: Record<string, string> },
): Place {
  return async (tenant, token) => {
    const { query, headers = {} } = carry(token);
    const browser = await tenant.loggedIn();
    seen.length = 0;
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = headers.cookie ? { ...headers, cookie: `${cookie}; ${headers.cookie}` } : headers;
    const visit = await browser.visit(tenant.authorizePath(query), { headers: all });
    expect(answerIn(visit)).toHaveProperty('code');
    expect(seen).toHaveLength(1);
    return seen[0] !== undefined;
  };
}

/** The guest of each login. */
const seen: unknown[] = [];

const places: Record<EditionName | 'both', Record<string, { takes: string[]; place: Place }>> = {
  both: {
    '/userinfo': {
      takes: [
        "a user's opaque access token",
        "a user's access token for an API and userinfo",
        "a user's access token in the profile of RFC 9068",
      ],
      place: async ({ send }, token) => (await send('GET', '/userinfo', { headers: bearer(token) })).status === 200,
    },
    'the Management API': {
      takes: ['a management token'],
      place: async ({ send }, token) =>
        (await send('GET', '/api/v2/clients', { headers: bearer(token) })).status === 200,
    },
    'the code of /oauth/token': {
      takes: ['a code'],
      place: async ({ token, app }, code) =>
        (await token(rightExchange({ client_id: app.client_id, code }))).status === 200,
    },
    'the refresh_token of /oauth/token': {
      takes: ['a refresh token'],
      place: async ({ token, app }, refresh_token) =>
        (await token({ grant_type: 'refresh_token', client_id: app.client_id, refresh_token })).status === 200,
    },
    'the session_token of /anonymous/token': {
      takes: ['a session token'],
      place: async (tenant, session_token) => (await tenant.anonymousToken({ session_token })).status === 200,
    },
    'the id_token_hint of /authorize': {
      takes: ['an ID token'],
      place: async (tenant, id_token_hint) => 'code' in (await tenant.authorized({ id_token_hint })),
    },
    'the id_token_hint of /oidc/logout': {
      takes: ['an ID token', "another application's ID token"],
      place: async (tenant, id_token_hint) =>
        (await tenant.browser().visit(`/oidc/logout?${formOf({ id_token_hint })}`)).status === 200,
    },
    'the state of the login page': { takes: [], place: stateOf('/u/login') },
    'the state of the sign-up page': { takes: [], place: stateOf('/u/signup') },
    'the state of the question before a logout': { takes: [], place: stateOf('/u/logout') },
    'the request_uri of /authorize': {
      takes: ['a request_uri'],
      place: async (tenant, request_uri) => {
        const path = `/authorize?${formOf({ client_id: tenant.app.client_id, request_uri })}`;
        return 'code' in answerOf(await (await tenant.loggedIn()).visit(path));
      },
    },
    'the cookie of a login session': {
      takes: ['a session cookie'],
      place: async (tenant, token) => {
        const browser = loginBrowser(tenant, [['auth0', token]]);
        return 'code' in (await tenant.authorized({ prompt: 'none' }, browser));
      },
    },
    'the header of /authorize': {
      takes: ['a session token'],
      place: carrying((token) => ({ headers: { 'auth0-anonymous-session': token } })),
    },
  },
  preview: {
    'the anonymous_session_token of /authorize': {
      takes: ['a session token'],
      place: carrying((anonymous_session_token) => ({ query: { anonymous_session_token } })),
    },
    'the anon_transfer_token of /authorize': {
      takes: [],
      place: carrying((anon_transfer_token) => ({ query: { anon_transfer_token } })),
    },
    "a guest's cookie at /authorize": {
      takes: ['a session token'],
      place: carrying((token) => ({ headers: { cookie: `anon=${token}` } })),
    },
  },
  ea: {
    'the session_token of /authorize': {
      takes: ['a session token'],
      place: carrying((session_token) => ({ query: { session_token } })),
    },
    'the anon_transfer_token of /authorize': {
      takes: ['a transfer ticket'],
      place: carrying((anon_transfer_token) => ({ query: { anon_transfer_token } })),
    },
    "a guest's cookie at /authorize": {
      takes: ['a session token'],
      place: carrying((token) => ({ headers: { cookie: `auth0_anon=${token}` } })),
    },
  },
};

/** The browser is another than the one that began, so that not even the right state is taken. */
function stateOf(path: string): Place {
  return async (tenant, state) => {
    const browser = loginBrowser(tenant, [['did', 'another browser']]);
    const visit = await browser.visit(path, {
      form: { state, user: String(tenant.jane.user_id), email: 'a@b.example' },
    });
    expect(visit.status).toBe(400);
    expect(visit.headers.get('set-cookie')).toBeNull();
    return visit.target !== undefined;
  };
}

for (const edition of editions) {
  describe.each(Object.entries({ ...places.both, ...places[edition] }))(
    `edition ${edition}: %s takes`,
    (_, { takes, place }) => {
      it(takes.length === 0 ? 'nothing of these' : `${takes.join(', ')}, and nothing else`, async () => {
        const tenant = await tenantThatRecords(edition);
        const kinds = await everyKind(tenant);
        const taken: string[] = [];
        for (const [kind, token] of Object.entries(kinds)) if (await place(tenant, token)) taken.push(kind);
        expect(taken).toEqual(takes);
      });
    },
  );
}

/** A tenant whose Action writes down the guest of each login in {@link seen}. */
async function tenantThatRecords(edition: EditionName): Promise<LoginTenant> {
  const tenant = await loginTenant({
    edition,
    runAction: async ({ event }) => {
      seen.push(event.anonymous_session);
      return { commands: [], printed: [], failure: undefined };
    },
  });
  const action = { id: 'act', name: 'record', trigger: 'post-login', file: '/record.js', secrets: {}, order: 0 };
  await tenant.store.write((writer) => writer.put('action', action.id, action));
  return tenant;
}
