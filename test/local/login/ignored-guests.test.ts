import { describe, expect, it } from 'vitest';
import {
  by,
  type Carried,
  type Carrier,
  carriersOf,
  type GuestTenant,
  guestsOf,
  guestTenant,
  visitWith,
} from '../../support/guest-tenant.ts';
import { confidentialApp, otherTenantKeys } from '../../support/local.ts';
import { answerOf } from '../../support/login-tenant.ts';

// A guest who cannot come along is ignored, and the login goes on: wire contract, section 5.

const editions = ['preview', 'ea'] as const;
const rows = editions.flatMap((edition) => carriersOf[edition].map((carrier) => ({ edition, carrier })));
const known = { metadata: { cart: 'c1' } };

describe.each(rows)('edition $edition: a guest by $carrier is ignored', ({ edition, carrier }) => {
  it.each<[string, (tenant: GuestTenant) => Promise<Carried>]>([
    ['whose session has expired', async (tenant) => expired(tenant, carrier)],
    ['of another application', async (tenant) => foreign(tenant, carrier)],
    [
      'of another tenant',
      async () => {
        const other = await guestTenant({ edition, keys: async () => otherTenantKeys });
        return other.carried(carrier, await other.guest());
      },
    ],
    [
      'whose token has another end',
      async (tenant) => changed(await carried(tenant, carrier), (token) => `${token.slice(0, -5)}AAAAA`),
    ],
    [
      'whose token has another begin',
      async (tenant) => changed(await carried(tenant, carrier), (token) => `x${token.slice(1)}`),
    ],
    [
      'whose token was cut off',
      async (tenant) => changed(await carried(tenant, carrier), (token) => token.slice(0, 60)),
    ],
    ['with garbage for a token', async () => by(edition, carrier, 'garbage')],
    ['with nothing for a token', async () => by(edition, carrier, '')],
    ['with dots for a token', async () => by(edition, carrier, '....')],
    ['with 8 KB for a token', async () => by(edition, carrier, 'A'.repeat(8192))],
    ['with the token of an API', async (tenant) => by(edition, carrier, (await tenant.session()).access_token)],
  ])('%s', async (_, carry) => {
    const tenant = await guestTenant({ edition });
    expect(await guestsOf(tenant, await carry(tenant))).toEqual([undefined]);
  });

  it('in a silent login without a session, which is still login_required', async () => {
    const tenant = await guestTenant({ edition });
    const path = tenant.authorizePath({ prompt: 'none' });
    const visit = await visitWith(tenant.browser(), path, await carried(tenant, carrier));
    expect(answerOf(visit).error).toBe('login_required');
    expect(tenant.takeSeen()).toEqual([]);
  });
});

describe('a transfer ticket', () => {
  it('is good once', async () => {
    const tenant = await guestTenant({ edition: 'ea' });
    const ticket = await tenant.carried('ticket', await tenant.guest());
    expect(await guestsOf(tenant, ticket)).toMatchObject([known]);
    expect(await guestsOf(tenant, ticket)).toEqual([undefined]);
  });

  it('is good for one of several logins at once', async () => {
    const tenant = await guestTenant({ edition: 'ea' });
    const ticket = await tenant.carried('ticket', await tenant.guest());
    const path = tenant.authorizePath({ login_hint: 'jane@example.com' });
    await Promise.all([1, 2, 3, 4].map(() => visitWith(tenant.browser(), path, ticket)));
    const seen = tenant.takeSeen();
    expect(seen).toHaveLength(4);
    expect(seen.filter((guest) => guest !== undefined)).toHaveLength(1);
  });

  it('is good for 30 seconds', async () => {
    const tenant = await guestTenant({ edition: 'ea' });
    const session = await tenant.guest();
    const [early, late] = [await tenant.carried('ticket', session), await tenant.carried('ticket', session)];
    tenant.clock.forward(29);
    expect(await guestsOf(tenant, early)).toMatchObject([known]);
    tenant.clock.forward(1);
    expect(await guestsOf(tenant, late)).toEqual([undefined]);
  });

  it('is not used up by another application', async () => {
    const tenant = await guestTenant({ edition: 'ea' });
    const { query } = await tenant.carried('ticket', await tenant.guest());
    const browser = await tenant.loggedIn();
    tenant.takeSeen();
    const { client_id } = tenant.server;
    await browser.visit(tenant.authorizePath({ client_id, ...query }));
    expect(tenant.takeSeen()).toEqual([undefined]);
    await browser.visit(tenant.authorizePath(query));
    expect(tenant.takeSeen()).toMatchObject([known]);
  });

  it('is used up by a login that was given up, whose page goes on with the guest even later', async () => {
    const tenant = await guestTenant({ edition: 'ea' });
    const ticket = await tenant.carried('ticket', await tenant.guest());
    const browser = tenant.browser();
    const page = await visitWith(browser, tenant.authorizePath(), ticket);
    expect(await guestsOf(tenant, ticket)).toEqual([undefined]);
    tenant.clock.forward(600);
    const form = { state: page.target?.searchParams.get('state') ?? '', user: String(tenant.jane.user_id) };
    await browser.visit('/u/login', { form });
    expect(tenant.takeSeen()).toMatchObject([known]);
  });

  it('means nothing in edition preview', async () => {
    const tenant = await guestTenant({ edition: 'preview' });
    expect(await guestsOf(tenant, by('preview', 'ticket', await tenant.guest()))).toEqual([undefined]);
  });
});

describe.each(editions)('edition %s', (edition) => {
  it('takes the first carrier that is valid: ticket, query, header, cookie', async () => {
    const tenant = await guestTenant({ edition });
    const carriers = carriersOf[edition];
    for (const [index, first] of carriers.entries()) {
      const later = carriers.slice(index);
      const good = await all(tenant, later, async (carrier) =>
        tenant.carried(carrier, await tenant.guest({ by: carrier })),
      );
      expect(await guestsOf(tenant, good)).toMatchObject([{ metadata: { by: first } }]);
      const bad = await all(tenant, carriers.slice(0, index), async (carrier) => by(edition, carrier, 'garbage'));
      expect(await guestsOf(tenant, merged([bad, good]))).toMatchObject([
        { metadata: { by: first === 'ticket' ? (later[1] ?? first) : first } },
      ]);
    }
  });

  it('does not know what carries guests in the other edition', async () => {
    const tenant = await guestTenant({ edition });
    const other = edition === 'ea' ? 'preview' : 'ea';
    for (const carrier of ['query', 'cookie'] as const) {
      expect(await guestsOf(tenant, by(other, carrier, await tenant.guest()))).toEqual([undefined]);
    }
  });
});

describe.each(editions)('edition %s: what has no login', (edition) => {
  it.each([
    ['a device code', '/oauth/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }],
    ['a token exchange', '/oauth/token', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }],
    ['a request on another device', '/oauth/token', { grant_type: 'urn:openid:params:grant-type:ciba' }],
    ['a device', '/oauth/device/code', {}],
    ['a password reset', '/dbconnections/change_password', {}],
  ])('%s is not served, and no Action runs', async (_, path, members) => {
    const tenant = await guestTenant({ edition });
    const token = await tenant.guest();
    const { query } = by(edition, 'query', token);
    const form = { client_id: tenant.app.client_id, ...members, ...query, subject_token: token };
    const { status, body } = await tenant.send('POST', path, { form });
    expect({ status, error: body.error }).toEqual(
      path === '/oauth/token' ? { status: 403, error: 'unsupported_grant_type' } : { status: 404 },
    );
    expect(tenant.takeSeen()).toEqual([]);
  });
});

describe('the cookie of edition ea', () => {
  it('is ignored by a tenant that has it disabled, which reads the others', async () => {
    const settings = { sessions: { anonymous: { activate_cookie: false } } };
    const tenant = await guestTenant({ edition: 'ea', settings });
    const token = await tenant.guest();
    expect(await guestsOf(tenant, by('ea', 'cookie', token))).toEqual([undefined]);
    for (const carrier of ['ticket', 'query', 'header'] as const) {
      expect(await guestsOf(tenant, await tenant.carried(carrier, token))).toMatchObject([known]);
    }
  });

  it('is the one that the tenant has set, or its twin', async () => {
    const tenant = await guestTenant({ edition: 'ea' });
    const { headers } = await tenant.anonymousToken({ metadata: { cart: 'c1' } });
    for (const cookie of headers.getSetCookie().map((set) => set.split(';')[0] ?? '')) {
      expect(await guestsOf(tenant, { headers: { cookie } })).toMatchObject([known]);
    }
  });
});

function carried(tenant: GuestTenant, carrier: Carrier): Promise<Carried> {
  return tenant.guest().then((token) => tenant.carried(carrier, token));
}

async function expired(tenant: GuestTenant, carrier: Carrier): Promise<Carried> {
  const token = await tenant.guest();
  tenant.clock.forward(carrier === 'ticket' ? 2_592_000 - 10 : 2_592_000);
  const found = await tenant.carried(carrier, token);
  if (carrier === 'ticket') tenant.clock.forward(10);
  return found;
}

async function foreign(tenant: GuestTenant, carrier: Carrier): Promise<Carried> {
  const { client_id, client_secret } = await confidentialApp(tenant, { name: 'other' });
  if (tenant.edition === 'ea') await tenant.grantGuests(client_id);
  const { session_token } = await tenant.session({ client_id, client_secret });
  if (carrier !== 'ticket') return by(tenant.edition, carrier, session_token);
  const ticket = { client_id, client_secret, audience: 'urn:auth0:anon_transfer', session_token };
  return by('ea', 'ticket', (await tenant.anonymousToken(ticket)).body.anon_transfer_token);
}

async function all(
  _: GuestTenant,
  carriers: readonly Carrier[],
  make: (carrier: Carrier) => Promise<Carried>,
): Promise<Carried> {
  return merged(await Promise.all(carriers.map(make)));
}

function merged(parts: readonly Carried[]): Carried {
  return {
    query: Object.assign({}, ...parts.map(({ query }) => query)),
    headers: Object.assign({}, ...parts.map(({ headers }) => headers)),
  };
}

/** The same carrier with another token. */
function changed({ query, headers }: Carried, change: (token: string) => string): Carried {
  const edit = (members: Record<string, string> = {}) =>
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => {
        const [, start = '', token = ''] = /^(\w+=)?(.*)$/.exec(value) ?? [];
        return [name, `${start}${change(token)}`];
      }),
    );
  return { query: edit(query), headers: edit(headers) };
}
