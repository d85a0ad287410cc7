import { type AllowedOrigin, allowedOrigins, urlsIn } from '../../domain/app/allowed-origins.ts';
import type { App } from '../../domain/app/app.ts';
import type { AllowedOriginResult, AppResult } from '../../library/tenant-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows, table } from './rows.ts';

export function renderApps(paint: Paint, apps: readonly App[]): string {
  if (apps.length === 0) return 'No applications yet. Create one: anon-cli app create web\n';
  return table(
    paint,
    ['NAME', 'GUESTS', 'TYPE', 'CLIENT ID'],
    apps.map((app) => [
      printable(app.name),
      guestsText(paint, app.enabled),
      printable(app.type ?? '-'),
      printable(app.clientId),
    ]),
  );
}

export function renderApp(paint: Paint, app: App): string {
  return `${paint.bold(printable(app.name))}\n${rows(paint, [
    ['client id', printable(app.clientId)],
    ['type', printable(app.type ?? 'not set')],
    ['authentication', app.authMethod === 'none' ? 'none (public application)' : printable(app.authMethod)],
    ['guests', guestsText(paint, app.enabled)],
    ['origins', listText(allowedOrigins(app).map(({ origin }) => origin))],
    ['callbacks', listText(urlsIn(app, 'callbacks'))],
    ['logout URLs', listText(urlsIn(app, 'allowed_logout_urls'))],
  ])}`;
}

function listText(urls: readonly string[]): string {
  return urls.length === 0 ? 'none' : urls.map(printable).join(', ');
}

/** The allowed origins as a table, with the settings that each comes from. */
export function renderOrigins(paint: Paint, origins: readonly AllowedOrigin[]): string {
  return table(
    paint,
    ['ORIGIN', 'FROM'],
    origins.map(({ origin, from }) => [printable(origin), from.join(', ')]),
  );
}

export function originData({ origin, from }: AllowedOrigin): AllowedOriginResult {
  return { origin, from: [...from] };
}

/** One URL a line. */
export function renderUrls(paint: Paint, urls: readonly string[]): string {
  return table(
    paint,
    ['URL'],
    urls.map((url) => [printable(url)]),
  );
}

/** Whether guests are enabled, in words, so that it can be read without colour. */
export function guestsText(paint: Paint, enabled: boolean): string {
  return enabled ? paint.green('enabled') : paint.yellow('disabled');
}

/** An application for `--json`; with its secret only on request. */
export function appData(app: App, { revealSecrets = false } = {}): AppResult {
  return {
    client_id: app.clientId,
    name: app.name,
    type: app.type ?? null,
    confidential: app.authMethod !== 'none',
    enabled: app.enabled,
    origins: allowedOrigins(app).map(originData),
    callbacks: [...urlsIn(app, 'callbacks')],
    logout_urls: [...urlsIn(app, 'allowed_logout_urls')],
    ...(revealSecrets && app.authMethod !== 'none' && { client_secret: app.clientSecret ?? null }),
  };
}
