import { AnonError } from '../../errors.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { nestedMetadataKey } from '../../wire/metadata.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { editionOf } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';

/**
 * Says before the call what the tenant's edition cannot do with a new session.
 * @throws {AnonError} `edition_unsupported`
 */
export async function checkCreation(
  tenant: TenantConnection,
  { metadata, userId }: { metadata: JsonObject | undefined; userId: string | undefined },
): Promise<void> {
  if (metadata === undefined && userId === undefined) return;
  const edition = await knownEdition(tenant);
  if (!edition) return;
  if (userId !== undefined && !edition.takesUserId) {
    throw unsupported(edition, 'the service chooses the id of a guest', 'Leave --user-id out.');
  }
  const nested = edition.nestsMetadata || metadata === undefined ? undefined : nestedMetadataKey(metadata);
  if (nested !== undefined) {
    const reason = `metadata values are texts, numbers, true and false, and '${nested.slice(0, 40)}' is an object or an array`;
    throw unsupported(edition, reason, `Write it as text: --meta ${nested.slice(0, 40)}='…'`);
  }
}

/** The same for an existing session. @throws {AnonError} `edition_unsupported` */
export async function checkUpdate(tenant: TenantConnection, metadata: JsonObject | undefined): Promise<void> {
  if (metadata === undefined) return;
  const edition = await knownEdition(tenant);
  if (!edition || edition.updatesMetadata) return;
  throw unsupported(
    edition,
    'metadata is set once, when the session is created',
    `A new session can carry old and new together, under another guest id: anon-cli token update --meta <key=value> --replace${tenant.selection}`,
  );
}

/** Undefined where it is not known and there are no credentials to ask: then the tenant says what it cannot do. */
async function knownEdition(tenant: TenantConnection): Promise<Edition | undefined> {
  if (tenant.edition) return editionNamed(tenant.edition);
  return tenant.management ? editionOf(tenant) : undefined;
}

function unsupported({ name }: Edition, reason: string, hint: string): AnonError {
  return new AnonError('edition_unsupported', `In edition '${name}' ${reason}.`, { hint });
}
