import { describe, expect, it } from 'vitest';
import { carriersOf, guestsOf, guestTenant, visitWith } from '../../support/guest-tenant.ts';
import { claimsOf } from '../../support/local.ts';
import { answerIn } from '../../support/login-browser.ts';
import { answerOf, formOf, password, rightExchange, rightRequest } from '../../support/login-tenant.ts';

// A guest comes along to a login: wire contract, section 5. What Actions see of them is all that shows it.

const editions = ['preview', 'ea'] as const;
const rows = editions.flatMap((edition) => carriersOf[edition].map((carrier) => ({ edition, carrier })));
const known = { metadata: { cart: 'c1' } };

describe.each(rows)('edition $edition: a guest by $carrier comes along', ({ edition, carrier }) => {
  async function begin() {
    const tenant = await guestTenant({ edition });
    const carry = async () => tenant.carried(carrier, await tenant.guest());
    return { tenant, carry };
  }

  it('whole', async () => {
    const { tenant, carry } = await begin();
    const seconds = tenant.clock() / 1000;
    const written = (time: number) => (edition === 'ea' ? time : new Date(time * 1000).toISOString());
    expect(await guestsOf(tenant, await carry())).toEqual([
      {
        user_id: expect.stringMatching(edition === 'ea' ? /^anon@[\da-f-]{36}$/ : /^anon\|[\da-f-]{36}$/),
        session_id: expect.stringMatching(/^sess_/),
        created_at: written(seconds),
        expires_at: written(seconds + 2_592_000),
        metadata: { cart: 'c1' },
      },
    ]);
  });

  it('and stays a guest, whose session can be used on', async () => {
    const { tenant } = await begin();
    const session_token = await tenant.guest();
    const [first] = await guestsOf(tenant, await tenant.carried(carrier, session_token));
    const [second] = await guestsOf(tenant, await tenant.carried(carrier, session_token));
    expect(second).toEqual(first);
    const { status, body } = await tenant.anonymousToken({ session_token });
    expect(status).toBe(200);
    expect(claimsOf(body.access_token).sub).toBe(first?.user_id);
  });

  it('as long as their session lasts', async () => {
    const { tenant } = await begin();
    const session_token = await tenant.guest();
    tenant.clock.forward(2_592_000 - 1);
    expect(await guestsOf(tenant, await tenant.carried(carrier, session_token))).toMatchObject([known]);
  });

  it.each(['by password', 'from the list of users'])('through the login page, %s', async (how) => {
    const { tenant, carry } = await begin();
    const browser = tenant.browser();
    const page = await visitWith(browser, tenant.authorizePath(), await carry());
    expect(page.target?.pathname).toBe('/u/login');
    const state = page.target?.searchParams.get('state') ?? '';
    const named = { username: 'jane@example.com', password };
    const chosen = { user: String(tenant.jane.user_id) };
    const form = { state, ...(how === 'by password' ? named : chosen) };
    expect(answerIn(await browser.visit('/u/login', { form: { ...form, password: 'wrong', user: 'nobody' } }))).toEqual(
      {},
    );
    expect(answerIn(await browser.visit('/u/login', { form }))).toHaveProperty('code');
    expect(tenant.takeSeen()).toMatchObject([known]);
  });

  it('to a user who signs up, before and after they are saved', async () => {
    const { tenant, carry } = await begin();
    const browser = tenant.browser();
    const page = await visitWith(browser, tenant.authorizePath({ screen_hint: 'signup' }), await carry());
    const state = page.target?.searchParams.get('state') ?? '';
    const form = { state, email: 'new@example.com', password };
    expect(answerIn(await browser.visit('/u/signup', { form }))).toHaveProperty('code');
    expect(tenant.takeSeen()).toMatchObject([known, known]);
  });

  it.each([
    ['without a page', {}],
    ['silently', { prompt: 'none' }],
  ])('by single sign-on, %s', async (_, changes) => {
    const { tenant, carry } = await begin();
    const browser = await tenant.loggedIn();
    tenant.takeSeen();
    const visit = await visitWith(browser, tenant.authorizePath(changes), await carry());
    expect(answerOf(visit)).toHaveProperty('code');
    expect(tenant.takeSeen()).toMatchObject([known]);
  });

  it('by an automatic login', async () => {
    const tenant = await guestTenant({ edition, autoLogin: 'john@example.com' });
    const carried = await tenant.carried(carrier, await tenant.guest());
    const visit = await visitWith(tenant.browser(), tenant.authorizePath(), carried);
    expect(answerOf(visit)).toHaveProperty('code');
    expect(tenant.takeSeen()).toMatchObject([known]);
  });

  it('with a form', async () => {
    const { tenant, carry } = await begin();
    const browser = await tenant.loggedIn();
    tenant.takeSeen();
    const visit = await visitWith(browser, '/authorize', await carry(), rightRequest(tenant.app.client_id));
    expect(visit.status).toBe(303);
    expect(tenant.takeSeen()).toMatchObject([known]);
  });

  it('with a pushed request', async () => {
    const { tenant, carry } = await begin();
    const { query, headers } = await carry();
    const { client_id } = tenant.app;
    const { body } = await tenant.send('POST', '/oauth/par', { form: { ...rightRequest(client_id), ...query } });
    const browser = await tenant.loggedIn();
    tenant.takeSeen();
    const path = `/authorize?${formOf({ client_id, request_uri: body.request_uri })}`;
    expect(answerIn(await visitWith(browser, path, { ...(headers && { headers }) }))).toHaveProperty('code');
    expect(tenant.takeSeen()).toMatchObject([known]);
  });

  it('and not to a refresh, nor to another login of the same browser', async () => {
    const { tenant, carry } = await begin();
    const browser = await tenant.loggedIn();
    const { client_id } = tenant.app;
    const { code } = answerIn(await visitWith(browser, tenant.authorizePath(), await carry()));
    const { body } = await tenant.token(rightExchange({ client_id, code }));
    tenant.takeSeen();
    const { query, headers } = await carry();
    const refresh = { ...query, grant_type: 'refresh_token', client_id, refresh_token: body.refresh_token };
    expect((await tenant.token(refresh, headers)).status).toBe(200);
    expect(answerIn(await browser.visit(tenant.authorizePath()))).toHaveProperty('code');
    const seen = tenant.takeSeen();
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((guest) => guest !== undefined)).toEqual([]);
  });
});

describe.each(editions)('edition %s: what comes along', (edition) => {
  it('shows Actions and the log no token of the guest, no password and no page of the login', async () => {
    const log: string[] = [];
    const tenant = await guestTenant({ edition, onServed: (served) => log.push(JSON.stringify(served)) });
    const secrets = [password];
    for (const carrier of carriersOf[edition]) {
      const token = await tenant.guest();
      const carried = await tenant.carried(carrier, token);
      secrets.push(token, ...Object.values(carried.query ?? {}));
      await guestsOf(tenant, carried);
      const browser = tenant.browser();
      const page = await visitWith(browser, tenant.authorizePath(), carried);
      const state = page.target?.searchParams.get('state') ?? '';
      await browser.visit('/u/login', { form: { state, username: 'jane@example.com', password } });
      secrets.push(...browser.cookies.values());
    }
    expect(tenant.events).toHaveLength(2 * carriersOf[edition].length);
    expect(log.length).toBeGreaterThan(tenant.events.length);
    const told = [...tenant.events, ...log].join('\n');
    for (const secret of secrets) expect(told).not.toContain(secret);
  });
});
