import type { App } from '../../domain/app/app.ts';
import type { AppResult } from '../../library/tenant-results.ts';
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
  ])}`;
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
    ...(revealSecrets && app.authMethod !== 'none' && { client_secret: app.clientSecret ?? null }),
  };
}
