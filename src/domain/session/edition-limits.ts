import { AnonError } from '../../errors.ts';
import type { Edition, EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { nestedMetadataKeys } from '../../wire/metadata.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { shellWord } from '../shell-word.ts';
import { listInWords, type TruncatedList, truncateList } from '../truncate.ts';

/** A metadata value that is an object or an array: its top-level key, and its line in a file for many guests. */
export interface NestedValue {
  readonly key: string;
  readonly line?: number;
}

interface NewSession {
  readonly metadata: JsonObject | undefined;
  readonly userId: string | undefined;
  /** Found in the metadata of many guests. */
  readonly nested?: TruncatedList<NestedValue>;
}

/**
 * Checks before the call whether the tenant's edition supports a new session.
 * @throws {AnonError} `edition_unsupported`
 */
export async function checkCreation(tenant: TenantConnection, session: NewSession): Promise<void> {
  const { metadata, userId, nested = truncateList(nestedIn(metadata ?? {})) } = session;
  if (metadata === undefined && userId === undefined && nested.items.length === 0) return;
  const edition = await knownEdition(tenant);
  if (!edition) return;
  if (userId !== undefined && !edition.acceptsUserId) {
    throw unsupported(edition, 'does not support --user-id: the service chooses guest ids', 'Leave --user-id out.');
  }
  if (!edition.nestsMetadata && nested.items.length > 0) throw nests(edition, nested);
}

function nestedIn(metadata: JsonObject): NestedValue[] {
  return nestedMetadataKeys(metadata).map((key) => ({ key }));
}

function nests(edition: Edition, nested: TruncatedList<NestedValue>): AnonError {
  const names = listInWords(nested, ({ key, line }) => `'${key.slice(0, 40)}'${line ? ` in line ${line}` : ''}`);
  const what = nested.items.length === 1 ? 'is an object or an array' : 'are objects or arrays';
  const reason = `supports only text, numbers and booleans as metadata values; ${names} ${what}`;
  const [{ key, line }] = nested.items as [NestedValue];
  const name = key.slice(0, 40);
  if (line) return unsupported(edition, reason, 'Write them as text. Example: {"cart":"3 items"}');
  const text = shellWord(`${name.replaceAll('.', '\\.')}=…`);
  return unsupported(edition, reason, `Write it as text: --meta ${text} (a dot nests; \\. is a dot in a key)`);
}

/**
 * Checks an update of a session; `sessionSelection` is the option in the hint's command that names it.
 * @throws {AnonError} `edition_unsupported`
 */
export async function checkUpdate(
  tenant: TenantConnection,
  metadata: JsonObject | undefined,
  sessionSelection: string,
): Promise<void> {
  if (metadata === undefined) return;
  const edition = await knownEdition(tenant);
  if (!edition || edition.updatesMetadata) return;
  throw unsupported(
    edition,
    'sets metadata once, when the session is created',
    `To create a session for a new guest, with the old and the new metadata: anon-cli token update --meta <key=value> --replace${sessionSelection}${tenant.selection}`,
  );
}

/** Checks a request for a transfer ticket. @throws {AnonError} `edition_unsupported` */
export async function checkTransfer(tenant: TenantConnection): Promise<void> {
  const edition = await knownEdition(tenant);
  if (edition && !edition.mintsTransferTickets) throw noTickets(edition.name);
}

/** Edition `preview` accepts the session token itself at a login. @see wire contract, section 5 */
export function noTickets(edition: EditionName): AnonError {
  return new AnonError('edition_unsupported', `Edition ${edition} has no transfer tickets.`, {
    hint: 'Pass the session token to the login: /authorize?…&anonymous_session_token=<session token>',
  });
}

/**
 * Undefined where the edition is unknown and there are no credentials to read it: then the tenant decides.
 */
async function knownEdition(tenant: TenantConnection): Promise<Edition | undefined> {
  if (tenant.edition) return editionNamed(tenant.edition);
  return tenant.management ? editionOf(tenant) : undefined;
}

function unsupported({ name }: Edition, reason: string, hint: string): AnonError {
  return new AnonError('edition_unsupported', `Edition ${name} ${reason}.`, { hint });
}
