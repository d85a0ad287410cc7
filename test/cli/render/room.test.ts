import { describe, expect, it } from 'vitest';
import { renderApis } from '../../../src/cli/render/api.ts';
import { renderApp, renderApps } from '../../../src/cli/render/app.ts';
import { renderDiagnosis } from '../../../src/cli/render/diagnosis.ts';
import { renderError } from '../../../src/cli/render/error.ts';
import { type Paint, paintFor } from '../../../src/cli/render/paint.ts';
import { renderChanges } from '../../../src/cli/render/plan.ts';
import { renderProfiles } from '../../../src/cli/render/profile.ts';
import { type RehearsalReport, renderRehearsal } from '../../../src/cli/render/rehearsal.ts';
import { table } from '../../../src/cli/render/rows.ts';
import { renderSession, renderSessions } from '../../../src/cli/render/session.ts';
import { renderNextSteps } from '../../../src/cli/render/setup.ts';
import { fitted } from '../../../src/cli/render/wrapped.ts';
import type { ApiWithGrants } from '../../../src/domain/api/api.ts';
import type { App } from '../../../src/domain/app/app.ts';
import type { Diagnosis } from '../../../src/domain/gates/diagnosis/diagnose.ts';
import type { PlannedWrite } from '../../../src/domain/plan/plan.ts';
import type { SavedSession } from '../../../src/domain/session/saved-session.ts';
import { AnonError } from '../../../src/errors.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import { expectFitting, widths } from '../../support/line-width.ts';

const clientId = 'pAphrnBkI9dfDxgwA8anOh2PuEU2rcBF';
const audience = 'https://api.shop.example/v2';
const guestId = 'anon|f81d4fae-7dec-41d0-8765-00a0c91e6bf6';

const names = ['web', 'ショッピング モール', '🛒 shop of the north', 'a-name-that-is-rather-long-for-a-name'];
const body = {
  web_origins: ['http://localhost:3000', 'https://*.shop.example'],
  callbacks: ['https://shop.example/callback', 'com.example.shop://login'],
  allowed_logout_urls: ['https://shop.example/bye', 'http://localhost:3000'],
};
const apps = names.map(
  (name) => ({ name, clientId, type: 'regular_web', enabled: true, authMethod: 'none', body }) as unknown as App,
);
const apis = names.map(
  (name) =>
    ({
      ...{ name, audience, id: '6edee6e46fc1fed1f65c6708', scopes: [] },
      guests: { enabled: true, tokenLifetimeSeconds: 86_400 },
      grants: [{ clientId: undefined, scopes: ['read:catalog', 'write:cart', 'read:orders'], allScopes: false }],
    }) as unknown as ApiWithGrants,
);
const session = {
  ...{ sessionToken: 's', accessToken: 'a', clientId, audience, appName: 'web', apiName: 'shop', guestId },
  ...{ metadata: { language: 'en' }, sessionEndsAtMs: 30 * 86_400_000, accessEndsAtMs: 0 },
} as SavedSession;
const views = names.map((name) => ({ name, session, current: name === 'web' }));
const steps = [
  ['token update --meta cart.items:=3 --profile acme-staging', "change the session's metadata"],
  ['token create', 'another guest'],
] as const;
const change: PlannedWrite = {
  ...{ method: 'PATCH', path: `/api/v2/clients/${clientId}`, subject: 'application web', body: {} },
  changes: [{ member: 'anonymous_sessions', before: undefined, after: ['one', 'two', 'three', 'four', 'five', 'six'] }],
} as unknown as PlannedWrite;
const diagnosis = {
  ...{ ok: false, verdict: 'No guest can get a token: gate 2, the application, and gate 4, the scopes, are closed.' },
  checks: [
    {
      check: 'app',
      state: 'closed',
      finding: `web (${clientId}) may not create guest sessions`,
      fix: 'anon-cli app enable web',
    },
    {
      check: 'scopes',
      state: 'closed',
      finding: 'guests get none',
      fix: 'anon-cli api enable shop --scopes read:catalog',
    },
    {
      check: 'feature',
      state: 'unknown',
      finding: 'the settings do not tell',
      advice: 'Ask who runs the tenant for it.',
    },
  ],
} as unknown as Diagnosis;
const error = new AnonError(
  'gate_closed',
  `unauthorized_client (403): Anonymous sessions are not enabled for ${clientId}.`,
  {
    hint: 'Gate 2, the application: web may not create guest sessions. Open it: anon-cli app enable web --profile acme',
  },
);

const loginEnd = {
  ok: false,
  at: 'authorization',
  error: 'access_denied',
  description: 'Too many items in the cart',
} as const;
const rehearsal: RehearsalReport = {
  verdict: { carried: true, reasons: [], text: `The guest did not come along: the session belongs to ${clientId}.` },
  ...{ refusal: 'Action merge-cart denied the login: Too many items in the cart of a guest.', via: 'ticket' },
  ...{ edition: 'ea', app: { clientId, name: 'web' }, api: undefined, email: 'jane@example.com', isNewUser: true },
  rehearsed: {
    ...{ session: { kind: 'session' }, readsCookie: true, refusedTicket: undefined, userBefore: undefined },
    withoutGuest: { end: loginEnd, guestId: undefined, actions: [], user: {} },
    withGuest: {
      ...{ end: { ok: true, idToken: '', accessToken: '', scope: '' }, guestId, user: {} },
      actions: [
        {
          ...{ name: 'merge-cart', trigger: 'post-login', failure: 'Cannot read properties of undefined (merge.js:7)' },
          commands: [{ kind: 'id_token_claim', name: 'https://shop.example/guest', value: guestId }],
          printed: [{ level: 'warn', text: 'the cart of the guest has more items than the user may have' }],
        },
      ],
    },
  },
  profile: [{ path: 'app_metadata.cart', before: undefined, after: 'three teas, two cups, one pot and a tray' }],
  idToken: { claims: {}, comparison: undefined },
  accessToken: undefined,
};

/** What is shown, and what of it must not be broken. */
const shown: readonly [what: string, render: (paint: Paint) => string, words: readonly string[]][] = [
  ['the list of applications', (paint) => renderApps(paint, apps), [clientId, 'ショッピング', 'regular_web']],
  [
    'the list of APIs',
    (paint) => renderApis(paint, apis),
    [audience, 'read:catalog', 'a-name-that-is-rather-long-for-a-name'],
  ],
  [
    'the list of profiles',
    (paint) => renderProfiles(paint, [{ name: 'acme', domain: 'acme-staging-europe.eu.auth0.com' }], 'acme'),
    ['acme-staging-europe.eu.auth0.com'],
  ],
  ['the list of sessions', (paint) => renderSessions(paint, views, 0), [guestId, '{"language":"en"}']],
  ['a session', (paint) => renderSession(paint, views[0] as (typeof views)[number], 0), [guestId, clientId]],
  ['an application', (paint) => renderApp(paint, apps[0] as App), [clientId, ...Object.values(body).flat()]],
  ['what comes next', (paint) => renderNextSteps(paint, steps), ['cart.items:=3', 'acme-staging']],
  ['what changes', (paint) => renderChanges(paint, 'acme.eu.auth0.com', [change]), ['anonymous_sessions']],
  [
    'what doctor finds',
    (paint) => renderDiagnosis(paint, diagnosis, 'anon-cli doctor --fix'),
    [clientId, 'read:catalog'],
  ],
  [
    'what a rehearsal finds',
    (paint) => renderRehearsal(paint, rehearsal, 0),
    [clientId, guestId, 'https://shop.example/guest', 'app_metadata.cart'],
  ],
  [
    'an error',
    ({ columns }) => renderError(error, { json: false, palette, columns, warnings: [], exitCode: 5 }),
    [clientId],
  ],
];

describe.each(shown)('%s', (_what, render, words) => {
  it.each(widths)('fits %i columns, and breaks no word', (columns) => {
    // As it is printed.
    expectFitting(fitted(render(paintFor(palette, { columns })), columns), columns, words);
  });

  it('is not broken without a terminal', () => {
    expect(render(paintFor(false))).toBe(render(paintFor(false, { columns: Number.POSITIVE_INFINITY })));
  });
});

describe('a list', () => {
  const titles = ['', 'NAME', 'CLIENT ID'];
  const lines = [
    ['*', 'one two', clientId],
    [' ', '三 四', clientId],
  ];

  it('has columns that fit by their visible width', () => {
    expect(table(paintFor(false, { columns: 80 }), titles, lines)).toBe(
      `   NAME     CLIENT ID\n*  one two  ${clientId}\n   三 四    ${clientId}\n`,
    );
  });

  it('breaks cells at spaces if that is enough', () => {
    expect(table(paintFor(false, { columns: 41 }), titles, lines)).toBe(
      `   NAME  CLIENT ID\n*  one   ${clientId}\n   two\n   三    ${clientId}\n   四\n`,
    );
  });

  it('is a block per item otherwise', () => {
    expect(table(paintFor(false, { columns: 40 }), titles, lines)).toBe(
      `* one two\n  client id\n    ${clientId}\n三 四\n  client id\n    ${clientId}\n`,
    );
  });

  it('is one record per line in a pipe, without headers, colours or characters that end a cell', () => {
    const { green } = paintFor(palette);
    const cells = [
      ['*', green('a\tb'), 'c\nd'],
      [' ', 'e', ''],
    ];
    expect(table(paintFor(palette, { tabbed: true }), titles, cells)).toBe('*\ta\\tb\tc\\nd\n\te\t\n');
  });
});
