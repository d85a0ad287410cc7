import { describeLifetime } from '../../domain/duration.ts';
import type { TenantView } from '../../domain/tenant/settings.ts';
import type { TenantResult } from '../../library/tenant-results.ts';
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

/** The settings in one line: `sessions live 30 days, session tokens are JWE` */
export function sessionsText({ lifetimeSeconds, tokenFormat }: TenantView): string {
  const life = lifetimeSeconds === 0 ? 'sessions never expire' : `sessions live ${describeLifetime(lifetimeSeconds)}`;
  return `${life}, session tokens are ${tokenFormat.toUpperCase()}`;
}

/** Why not to use the JWT format in production. */
export const readableTokens = 'Anyone who holds a session token in the JWT format can read it; use JWE in production.';

export function tenantData(tenant: TenantView): TenantResult {
  return {
    name: tenant.name,
    issuer: tenant.issuer,
    edition: tenant.edition,
    session_lifetime: tenant.lifetimeSeconds,
    session_token_format: tenant.tokenFormat,
    ...(tenant.cookie !== undefined && { session_cookie: tenant.cookie }),
  };
}
