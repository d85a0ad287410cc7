import { ResponseError } from '../../../errors.ts';
import { detectEdition, type EditionName } from '../../../wire/edition/edition.ts';
import { tenantSettings, tenantSettingsPath } from '../../../wire/tenant-settings.ts';
import type { TenantConnection } from '../connection.ts';
import { type MissingScope, missingScopes } from './needed-scopes.ts';
import { managementRequest } from './request.ts';
import { managementToken } from './token.ts';

/** What the credentials allow. */
export interface CredentialCheck {
  /** Undefined when they may not read the tenant's settings, which show the edition. */
  readonly edition: EditionName | undefined;
  /** Undefined when the token does not list them. */
  readonly scopes: readonly string[] | undefined;
  readonly missing: readonly MissingScope[];
}

/**
 * Gets a Management API token and reads the tenant's settings with it, as every command would.
 * @throws {AnonError} as `managementToken` and `managementRequest` do, but not for a missing scope
 */
export async function checkCredentials(tenant: TenantConnection): Promise<CredentialCheck> {
  const { scopes } = await managementToken(tenant);
  const detected = await editionIfAllowed(tenant);
  const edition = tenant.edition ?? detected;
  return { edition, scopes, missing: scopes ? missingScopes(scopes, edition) : [] };
}

async function editionIfAllowed(tenant: TenantConnection): Promise<EditionName | undefined> {
  try {
    return detectEdition(await managementRequest(tenant, tenantSettings, { method: 'GET', path: tenantSettingsPath }));
  } catch (error) {
    if (error instanceof ResponseError && error.error === 'insufficient_scope') return undefined;
    throw error;
  }
}
