import type { Edition, EditionName, SessionSettings } from '../../wire/edition/edition.ts';
import { type TenantSettingsBody, tenantSettings, tenantSettingsPath } from '../../wire/tenant-settings.ts';
import { editionOf, managementRequest, type SentRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';

/** A tenant as the first gate sees it. */
export interface TenantView extends SessionSettings {
  readonly name: string;
  readonly issuer: string;
  readonly edition: EditionName;
}

/** @throws {ResponseError} what the Management API refuses; {AnonError} `edition_unsupported` */
export async function readTenant(tenant: TenantConnection): Promise<TenantView> {
  const edition = await editionOf(tenant);
  return view(
    tenant,
    edition,
    await managementRequest(tenant, tenantSettings, { method: 'GET', path: tenantSettingsPath }),
  );
}

/** Changes the session lifetime, the token format, or both, and nothing else. */
export async function changeTenant(
  tenant: TenantConnection,
  change: Partial<SessionSettings>,
): Promise<{ tenant: TenantView; sent: SentRequest }> {
  const edition = await editionOf(tenant);
  const sent = { method: 'PATCH', path: tenantSettingsPath, body: edition.tenant.write(change, {}) } as const;
  return { tenant: view(tenant, edition, await managementRequest(tenant, tenantSettings, sent)), sent };
}

function view(tenant: TenantConnection, edition: Edition, body: TenantSettingsBody): TenantView {
  return {
    name: body.friendly_name ?? new URL(tenant.issuer).host,
    issuer: tenant.issuer,
    edition: edition.name,
    ...edition.tenant.read(body),
  };
}
