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
import { sessionsText, tenantData } from './tenant.ts';
import { displayWidth, padded } from './width.ts';
import { beside, fitted } from './wrapped.ts';

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

/** A step of the quickstart: what it did, and the commands that do the same. */
export interface Step {
  readonly title: string;
  readonly outcome: string;
  readonly changed: boolean;
  readonly commands: readonly string[];
}

export function renderStep(paint: Paint, number: number, { title, outcome, changed, commands }: Step): string {
  const already = changed ? '' : paint.dim(' (no changes)');
  const lines = commands.map((command) => `            ${paint.cyan(printable(`$ anon-cli ${command}`))}\n`);
  const head = `${number}  ${title.padEnd(6)}  ${paint.green('✔')} `;
  return beside(head, `${printable(outcome)}${already}`, paint.columns) + lines.join('');
}

export function stepData({ title, outcome, changed, commands }: Step): JsonObject {
  return { step: title, outcome, changed, commands: commands.map((command) => `anon-cli ${command}`) };
}

/** The next commands, without the program's name, and what each is for. */
export function renderNextSteps(paint: Paint, steps: readonly (readonly [command: string, why: string])[]): string {
  const shown = steps.map(([command, why]) => [printable(command), why] as const);
  const width = Math.max(...shown.map(([command]) => displayWidth(command)));
  const line = ([text, why]: readonly [string, string], most: number) =>
    `  ${paint.cyan(`$ anon-cli ${padded(text, most)}`)}  ${why}`;
  const inline = shown.map((step) => line(step, width));
  const fit = inline.every((one) => displayWidth(one) <= paint.columns);
  // On a narrow terminal, each reason goes below its command.
  const lines = fit ? inline : shown.flatMap(([text, why]) => [`  ${paint.cyan(`$ anon-cli ${text}`)}`, `    ${why}`]);
  return `${paint.bold('Next')}\n${fitted(`${lines.join('\n')}\n`, paint.columns)}`;
}

/** The step after a first session: change its metadata, or renew it in editions that can't. */
export function updateStep(selection: string, updatesMetadata: boolean): readonly [command: string, why: string] {
  return updatesMetadata
    ? [`token update --meta cart.items:=3${selection}`, "change the session's metadata"]
    : [`token update${selection}`, "renew the guest's access token"];
}
