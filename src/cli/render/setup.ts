import { describeTokenLifetime } from '../../domain/duration.ts';
import { hostOf } from '../../domain/exchange/http.ts';
import type { SetUp } from '../../domain/gates/set-up.ts';
import type { DecodedTokens } from '../../domain/session/decoded-tokens.ts';
import { shellWord } from '../../domain/shell-word.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { apiData, guestScopesText } from './api.ts';
import { appData } from './app.ts';
import { renderTokens, tokensData } from './guest-tokens.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';
import { renderNextSteps, updateStep } from './steps.ts';
import { sessionsText, tenantData } from './tenant.ts';

/** The session at the end of setup. */
export interface FirstSession {
  readonly inspected: DecodedTokens;
  /** Its saved name; undefined if it is not saved. */
  readonly name: string | undefined;
  /** A saved session, unchanged or with a new access token; or a new guest. */
  readonly origin: 'kept' | 'renewed' | 'created';
}

/** The settings after setup, gate by gate. */
export function renderSetUp(paint: Paint, { tenant, app, api }: SetUp): string {
  const scopes = guestScopesText(api, app);
  const life = describeTokenLifetime(api.guests.tokenLifetimeSeconds);
  return (
    `${paint.green('✔')} Guests of ${paint.bold(printable(app.name))} get tokens for ${paint.bold(printable(api.name))}\n` +
    rows(paint, [
      ['tenant', `${printable(hostOf(tenant.issuer))}, ${sessionsText(tenant)}`],
      ['app', `${printable(app.name)}, client id ${printable(app.clientId)}`],
      ['api', `${printable(api.name)}, ${printable(api.audience)}`],
      ['guests get', `${scopes}; access tokens live for ${life}`],
    ])
  );
}

export function setUpData({ tenant, app, api }: SetUp): JsonObject {
  return { tenant: tenantData(tenant), app: appData(app), api: apiData(api) };
}

/** Both tokens of the session. A line above them tells a saved session from a new one. */
export function renderFirstSession(paint: Paint, { inspected, name, origin }: FirstSession): string {
  const outcomes = {
    kept: `Saved session '${name}' reused, with the same guest`,
    renewed: `Saved session '${name}' renewed: same guest, new access token`,
    created: undefined,
  };
  const outcome = outcomes[origin];
  return (outcome === undefined ? '' : `${paint.green('✔')} ${outcome}\n\n`) + renderTokens(paint, inspected);
}

export function firstSessionData({ inspected, name, origin }: FirstSession): JsonObject {
  return { ...tokensData(inspected), session_name: name ?? null, origin };
}

/** The next commands, with a session or to get one. */
export function setUpSteps(
  paint: Paint,
  { app }: SetUp,
  { selection, updatesMetadata, session }: { selection: string; updatesMetadata: boolean; session: boolean },
): string {
  const secret = `app show ${shellWord(app.name)} --reveal-secrets --field client_secret${selection}`;
  return renderNextSteps(paint, [
    ...(session ? [updateStep(selection, updatesMetadata)] : []),
    [`token create${selection}`, session ? 'create another guest' : 'create a guest session'],
    ...(app.authMethod === 'none' ? [] : [[secret, 'show the client secret, for your server'] as const]),
  ]);
}
