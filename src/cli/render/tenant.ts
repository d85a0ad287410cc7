import { describeLifetime } from '../../domain/duration.ts';
import type { TenantView } from '../../domain/tenant/settings.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';

export function renderTenant(paint: Paint, tenant: TenantView): string {
  return (
    `${paint.bold(printable(tenant.name))}\n` +
    rows(paint, [
      ['issuer', printable(tenant.issuer)],
      ['edition', tenant.edition],
      ['session lifetime', lifetimeText(tenant.lifetimeSeconds)],
      ['session token format', tenant.tokenFormat.toUpperCase()],
      ...(tenant.cookie === undefined ? [] : [['session cookie', tenant.cookie ? 'on' : 'off'] as const]),
    ])
  );
}

/** `30 days (2592000 seconds)` */
export function lifetimeText(lifetimeSeconds: number): string {
  return lifetimeSeconds === 0
    ? 'never expires (0)'
    : `${describeLifetime(lifetimeSeconds)} (${lifetimeSeconds} seconds)`;
}

export function tenantData(tenant: TenantView): JsonObject {
  return {
    name: tenant.name,
    issuer: tenant.issuer,
    edition: tenant.edition,
    session_lifetime: tenant.lifetimeSeconds,
    session_token_format: tenant.tokenFormat,
    ...(tenant.cookie !== undefined && { session_cookie: tenant.cookie }),
  };
}
