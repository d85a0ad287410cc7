import { describe, expect, it } from 'vitest';
import { type CarryFacts, failureOf, verdictOn } from '../../../src/domain/rehearsal/verdict.ts';

const app = { clientId: 'web-id', name: 'web' };
const ignored: CarryFacts = {
  ...{ via: 'header', app, cameAlong: false, readsCookie: true, nowMs: 1_000_000 },
  session: { kind: 'session', clientId: 'web-id', appName: 'web', endSeconds: 2000 },
  ...{ refusedTicket: undefined, refusedLogin: undefined, refusingAction: undefined },
};
const place = { sessionSelection: ' --session cart', selection: ' --profile local' };

function judged(members: Partial<CarryFacts>) {
  const facts = { ...ignored, ...members };
  const verdict = verdictOn(facts);
  const failure = failureOf(facts, verdict, place);
  return { ...verdict, codes: verdict.reasons.map(({ reason }) => reason), failure };
}

describe('a guest who came along', () => {
  it.each([
    ['ticket', 'The guest came along by ticket.'],
    ['query', 'The guest came along by query parameter.'],
    ['header', 'The guest came along by header.'],
    ['cookie', 'The guest came along by cookie.'],
  ] as const)('by %s', (via, text) => {
    expect(judged({ via, cameAlong: true })).toMatchObject({ carried: true, text, reasons: [], failure: undefined });
  });

  it('does not make up for a refused login', () => {
    const refusedLogin = { error: 'full', description: 'Too many' };
    expect(judged({ cameAlong: true, refusedLogin }).failure).toMatchObject({
      ...{ code: 'failed', message: 'The login was refused: full: Too many.' },
    });
    const refusingAction = 'Action merge failed: no stock.';
    expect(judged({ cameAlong: true, refusedLogin, refusingAction }).failure?.message).toBe(refusingAction);
  });
});

describe('a guest who did not come along', () => {
  it.each<[string, Partial<CarryFacts>, string, string]>([
    [
      'session_expired',
      { session: { ...ignored.session, endSeconds: 1000 } },
      'the session has expired',
      'Create another: anon-cli token create --session cart --profile local',
    ],
    [
      'other_application',
      { session: { ...ignored.session, clientId: 'kiosk-id', appName: 'my kiosk' } },
      'the session belongs to the application my kiosk, not to web',
      "To log in to that application: --app 'my kiosk'",
    ],
    [
      'session_unknown',
      { session: { kind: 'unknown' } },
      'the tenant cannot read the session token, which another tenant issued or somebody changed',
      'Is the token complete and unchanged? To look inside: anon-cli token decode',
    ],
    [
      'other_token',
      { session: { kind: 'ticket' }, refusedTicket: { error: 'invalid_session_token', description: 'x' } },
      'the given token is a transfer ticket, not a session token',
      'Pass the session token, which anon-cli token create --json prints as session_token.',
    ],
    [
      'other_token',
      { session: { kind: 'jwt' } },
      'the given token is an access token or an ID token, not a session token',
      'Pass the session token, which anon-cli token create --json prints as session_token.',
    ],
    [
      'cookie_disabled',
      { via: 'cookie', readsCookie: false },
      "the tenant's cookie is disabled, so logins do not read it",
      'Enable it: anon-cli tenant set-cookie on --profile local',
    ],
    [
      'ticket_refused',
      { via: 'ticket', refusedTicket: { error: 'unauthorized_client', description: 'Not enabled.' } },
      'the tenant issued no ticket (unauthorized_client: Not enabled)',
      'To see what is closed: anon-cli doctor --app web --profile local',
    ],
  ])('because of %s', (code, members, detail, hint) => {
    const { codes, text, carried, failure } = judged(members);
    expect({ codes, text, carried }).toEqual({
      ...{ codes: [code], text: `The guest did not come along: ${detail}.`, carried: false },
    });
    expect(failure).toMatchObject({ code: 'guest_not_carried', message: text, hint });
  });

  it('has every reason that applies, and the reason itself rather than the refusal that follows from it', () => {
    const session = { ...ignored.session, clientId: 'kiosk-id', appName: 'kiosk', endSeconds: 999 };
    expect(judged({ via: 'cookie', readsCookie: false, session }).codes).toEqual([
      ...['other_application', 'session_expired', 'cookie_disabled'],
    ]);
    const refusedTicket = { error: 'session_expired', description: 'The session has expired.' };
    expect(judged({ via: 'ticket', refusedTicket, session: { ...ignored.session, endSeconds: 999 } }).codes).toEqual([
      'session_expired',
    ]);
  });

  it('may have been stopped by a refused login: that is a failure of its own', () => {
    const refusedLogin = { error: 'access_denied', description: 'Service not found: x' };
    const { codes, text, failure } = judged({ refusedLogin });
    expect(codes).toEqual(['login_refused']);
    expect(text).toBe(
      'The guest did not come along: the login was refused before (access_denied: Service not found: x).',
    );
    expect(failure).toMatchObject({ code: 'failed' });
  });

  it('is not explained by a guess', () => {
    const never = { ...ignored.session, endSeconds: undefined };
    for (const members of [{}, { session: never }, { via: 'query', readsCookie: false }] as const) {
      expect(judged(members)).toMatchObject({
        ...{ codes: [], text: 'The guest did not come along, and no check shows why.' },
        failure: { code: 'guest_not_carried', hint: undefined },
      });
    }
  });
});
