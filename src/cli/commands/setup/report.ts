import { guestScopes } from '../../../domain/api/guest-grants.ts';
import { describeTokenLifetime } from '../../../domain/duration.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import type { SetUp } from '../../../domain/gates/set-up.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { apiData } from '../../render/api.ts';
import { appData } from '../../render/app.ts';
import { renderTokens, tokensData } from '../../render/guest-tokens.ts';
import { renderNextSteps, updateStep } from '../../render/next-steps.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { sessionsText, tenantData } from '../../render/tenant.ts';
import type { FirstSession } from './first-session.ts';

/** What is set up now, gate by gate. */
export function renderSetUp(paint: Paint, { tenant, app, api }: SetUp): string {
  const scopes = printable(guestScopes(api, app.clientId).join(' ')) || 'no scopes';
  const life = describeTokenLifetime(api.guests.tokenLifetimeSeconds);
  return (
    `${paint.green('✔')} Guests of ${paint.bold(printable(app.name))} get tokens for ${paint.bold(printable(api.name))}\n` +
    rows(paint, [
      ['tenant', `${printable(hostOf(tenant.issuer))}, ${sessionsText(tenant)}`],
      ['app', `${printable(app.name)}, client id ${printable(app.clientId)}`],
      ['api', `${printable(api.name)}, ${printable(api.audience)}`],
      ['guests get', `${scopes}, access tokens live ${life}`],
    ])
  );
}

export function setUpData({ tenant, app, api }: SetUp): JsonObject {
  return { tenant: tenantData(tenant), app: appData(app), api: apiData(api) };
}

/** Both tokens of the session, under a line that says whether its guest was there before. */
export function renderFirstSession(paint: Paint, { inspected, name, origin }: FirstSession): string {
  const outcomes = {
    kept: `Saved session ${name} stays, with the same guest.`,
    renewed: `Saved session ${name} stays, with the same guest and a new access token.`,
    created: undefined,
  };
  const outcome = outcomes[origin];
  return (outcome === undefined ? '' : `${paint.green('✔')} ${outcome}\n\n`) + renderTokens(paint, inspected);
}

export function firstSessionData({ inspected, name, origin }: FirstSession): JsonObject {
  return { ...tokensData(inspected), session_name: name ?? null, origin };
}

/** What to do with what is set up: with a session, or to get one. */
export function setUpSteps(
  paint: Paint,
  { app }: SetUp,
  { selection, updatesMetadata, session }: { selection: string; updatesMetadata: boolean; session: boolean },
): string {
  const secret = `app show ${shellWord(app.name)} --reveal-secrets --field client_secret${selection}`;
  return renderNextSteps(paint, [
    ...(session ? [updateStep(selection, updatesMetadata)] : []),
    [`token create${selection}`, session ? 'another guest' : 'a guest session'],
    ...(app.authMethod === 'none' ? [] : [[secret, "the application's secret, for your server"] as const]),
  ]);
}
