import { AnonError } from '../../errors.ts';
import type { Edition, EditionName, SessionSettings } from '../../wire/edition/edition.ts';
import { type TenantSettingsBody, tenantSettings, tenantSettingsPath } from '../../wire/tenant-settings.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { hostOf } from '../exchange/http.ts';
import { editionOf, managementRequest } from '../exchange/management/request.ts';
import { checkShown } from '../exchange/management/shown.ts';
import { checkSessionLifetime } from '../lifetime.ts';
import { changedMembers } from '../plan/difference.ts';
import { type Plan, planned, plannedPatch } from '../plan/plan.ts';

/** A tenant as the first gate sees it. */
export interface TenantView extends SessionSettings {
  readonly name: string;
  readonly issuer: string;
  readonly edition: EditionName;
}

/** @throws {ResponseError} what the Management API refuses */
export async function readTenant(tenant: TenantConnection): Promise<TenantView> {
  const edition = await editionOf(tenant);
  return view(tenant, edition, await readKnownSettings(tenant, edition));
}

/**
 * Plans a change of the session lifetime, token format or cookie setting, and nothing else. `typed` is the lifetime as
 * the user wrote it.
 * @throws {AnonError} `edition_unsupported` for a setting that the tenant's edition does not have, `usage` for a
 * lifetime out of its range
 */
export async function planTenantChange(
  tenant: TenantConnection,
  change: Partial<SessionSettings>,
  typed?: { readonly lifetime: string },
): Promise<Plan<TenantView>> {
  const edition = await editionOf(tenant);
  checkTenantChange(tenant, edition, change, typed);
  const before = await readKnownSettings(tenant, edition);
  const members = edition.tenant.write(changedMembers(edition.tenant.read(before), change), before);
  const patch = plannedPatch(
    { path: tenantSettingsPath, subject: 'tenant settings', answer: tenantSettings },
    before,
    members,
  );
  return {
    writes: planned(patch),
    outcome: (answers) => view(tenant, edition, answers.to(patch) ?? before),
  };
}

/** The settings as the tenant returns them. @throws {ResponseError} what the Management API refuses */
export function readSettings(tenant: TenantConnection): Promise<TenantSettingsBody> {
  return managementRequest(tenant, tenantSettings, { method: 'GET', path: tenantSettingsPath });
}

/** The settings, if the edition knows all values in them. @throws {AnonError} as {@link readSettings} and {@link checkShown} */
export async function readKnownSettings(tenant: TenantConnection, edition: Edition): Promise<TenantSettingsBody> {
  const body = await readSettings(tenant);
  checkShown(edition, 'tenant', body, 'its settings');
  return body;
}

/** Refuses what the tenant's edition does not support, before any request. @throws as {@link planTenantChange} */
export function checkTenantChange(
  { selection }: TenantConnection,
  edition: Edition,
  change: Partial<SessionSettings>,
  typed?: { readonly lifetime: string },
): void {
  const { lifetimeSeconds, tokenFormat, cookie } = change;
  if (lifetimeSeconds !== undefined) checkSessionLifetime(edition, lifetimeSeconds, typed?.lifetime);
  if (tokenFormat !== undefined && !edition.tokenFormats.includes(tokenFormat)) {
    throw new AnonError(
      'edition_unsupported',
      `Edition ${edition.name} always encrypts session tokens (JWE); the format can't be changed.`,
      { hint: `To inspect a guest, decode the access token, which is a JWT: anon-cli token create${selection}` },
    );
  }
  if (cookie !== undefined && !edition.hasCookie) {
    throw new AnonError('edition_unsupported', `Edition ${edition.name} has no cookie setting.`, {
      hint: `See its settings: anon-cli tenant show${selection}`,
    });
  }
}

function view(tenant: TenantConnection, edition: Edition, body: TenantSettingsBody): TenantView {
  return {
    name: body.friendly_name ?? hostOf(tenant.issuer),
    issuer: tenant.issuer,
    edition: edition.name,
    ...edition.tenant.read(body),
  };
}
