import type { EditionName } from '../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import type { SessionTokenClaims } from '../../src/wire/session-token.ts';
import { answerIn, type LoginBrowser, type Visit } from './login-browser.ts';
import { type LoginTenant, loginTenant } from './login-tenant.ts';

/** A tenant whose Actions write down which guest came along, before a sign-up and after each login. */
export interface GuestTenant extends LoginTenant {
  /** `event.anonymous_session` of each run since the last call; undefined for a login without a guest. */
  takeSeen(): (Partial<SessionTokenClaims> | undefined)[];
  /** Everything that Actions were given, as JSON. */
  readonly events: readonly string[];
  /** The session token of a new guest of the sample application, whose cart is `c1`. */
  guest(metadata?: JsonObject): Promise<string>;
  /** The transfer ticket of a session token, edition `ea`. */
  ticket(sessionToken: string, clientId?: string): Promise<string>;
  /** What carries a session token, or a ticket made of it. */
  carried(carrier: Carrier, sessionToken: string): Promise<Carried>;
}

export type Carrier = 'ticket' | 'query' | 'header' | 'cookie';

export const carriersOf: Record<EditionName, readonly Carrier[]> = {
  preview: ['query', 'header', 'cookie'],
  ea: ['ticket', 'query', 'header', 'cookie'],
};

/** What a request to /authorize has beside its own. */
export interface Carried {
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

const names = {
  preview: { query: 'anonymous_session_token', cookie: 'anon' },
  ea: { query: 'session_token', cookie: 'auth0_anon' },
} as const;

/** What carries a token as it is. */
export function by(edition: EditionName, carrier: Carrier, token: string): Carried {
  if (carrier === 'header') return { headers: { 'auth0-anonymous-session': token } };
  if (carrier === 'cookie') return { headers: { cookie: `${names[edition].cookie}=${token}` } };
  return { query: { [carrier === 'ticket' ? 'anon_transfer_token' : names[edition].query]: token } };
}

export async function guestTenant(doors: Parameters<typeof loginTenant>[0] = {}): Promise<GuestTenant> {
  const events: string[] = [];
  let seen: (Partial<SessionTokenClaims> | undefined)[] = [];
  const tenant = await loginTenant({
    ...doors,
    runAction: async ({ event }) => {
      events.push(JSON.stringify(event));
      seen.push(event.anonymous_session as SessionTokenClaims | undefined);
      return { commands: [], printed: [], failure: undefined };
    },
  });
  await tenant.store.write((writer) => {
    for (const trigger of ['post-login', 'pre-user-registration']) {
      writer.put('action', trigger, { id: trigger, name: trigger, trigger, file: '/record.js', secrets: {}, order: 0 });
    }
  });
  const ticket: GuestTenant['ticket'] = async (session_token, client_id = tenant.app.client_id) => {
    const { body } = await tenant.anonymousToken({ client_id, audience: 'urn:auth0:anon_transfer', session_token });
    return body.anon_transfer_token;
  };
  return {
    ...tenant,
    events,
    ticket,
    takeSeen() {
      const taken = seen;
      seen = [];
      return taken;
    },
    async guest(metadata = { cart: 'c1' }) {
      const { session_token } = await tenant.session({ metadata });
      return session_token;
    },
    async carried(carrier, token) {
      return by(tenant.edition, carrier, carrier === 'ticket' ? await ticket(token) : token);
    },
  };
}

/** Visits a path with what is carried, beside the cookies of the browser. */
export function visitWith(
  browser: LoginBrowser,
  path: string,
  { query = {}, headers = {} }: Carried,
  form?: Record<string, string>,
): Promise<Visit> {
  const own = [...browser.cookies].map(([name, value]) => `${name}=${value}`);
  const cookie = [...own, ...(headers.cookie === undefined ? [] : [headers.cookie])].join('; ');
  const all = { ...headers, ...(cookie !== '' && { cookie }) };
  if (form) return browser.visit(path, { form: { ...form, ...query }, headers: all });
  const separator = path.includes('?') ? '&' : '?';
  const more = new URLSearchParams(query).toString();
  return browser.visit(more === '' ? path : `${path}${separator}${more}`, { headers: all });
}

/** Logs Jane in without a page, which must succeed whatever is carried. Returns the guests that came along. */
export async function guestsOf(tenant: GuestTenant, carried: Carried): Promise<(JsonObject | undefined)[]> {
  tenant.takeSeen();
  const path = tenant.authorizePath({ login_hint: 'jane@example.com' });
  const visit = await visitWith(tenant.browser(), path, carried);
  if (answerIn(visit).code === undefined) throw new Error(`no login: ${visit.status} ${visit.target} ${visit.text}`);
  return tenant.takeSeen();
}
