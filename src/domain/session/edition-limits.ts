import { AnonError } from '../../errors.ts';
import type { Edition, EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { nestedMetadataKeys } from '../../wire/metadata.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { shellWord } from '../shell-word.ts';
import { listInWords, type TruncatedList, truncateList } from '../truncate.ts';

/** A metadata value that is an object or an array, by its top-level key; of many guests with its line. */
export interface NestedValue {
  readonly key: string;
  readonly line?: number;
}

interface NewSession {
  readonly metadata: JsonObject | undefined;
  readonly userId: string | undefined;
  /** Of the metadata of many guests. */
  readonly nested?: TruncatedList<NestedValue>;
}

/**
 * Says before the call what the tenant's edition cannot do with a new session.
 * @throws {AnonError} `edition_unsupported`
 */
export async function checkCreation(tenant: TenantConnection, session: NewSession): Promise<void> {
  const { metadata, userId, nested = truncateList(nestedIn(metadata ?? {})) } = session;
  if (metadata === undefined && userId === undefined && nested.items.length === 0) return;
  const edition = await knownEdition(tenant);
  if (!edition) return;
  if (userId !== undefined && !edition.acceptsUserId) {
    throw unsupported(edition, 'the service chooses the id of a guest', 'Leave --user-id out.');
  }
  if (!edition.nestsMetadata && nested.items.length > 0) throw nests(edition, nested);
}

function nestedIn(metadata: JsonObject): NestedValue[] {
  return nestedMetadataKeys(metadata).map((key) => ({ key }));
}

function nests(edition: Edition, nested: TruncatedList<NestedValue>): AnonError {
  const names = listInWords(nested, ({ key, line }) => `'${key.slice(0, 40)}'${line ? ` in line ${line}` : ''}`);
  const what = nested.items.length === 1 ? 'is an object or an array' : 'are objects or arrays';
  const reason = `metadata values are texts, numbers, true and false, and ${names} ${what}`;
  const [{ key, line }] = nested.items as [NestedValue];
  const name = key.slice(0, 40);
  if (line) return unsupported(edition, reason, 'Write them as text, such as {"cart":"3 items"}.');
  const text = shellWord(`${name.replaceAll('.', '\\.')}=…`);
  return unsupported(edition, reason, `Write it as text: --meta ${text} (a dot nests, and \\. is one in a key)`);
}

/** The same for an existing session; `sessionSelection` makes the command in the hint be for it. @throws {AnonError} `edition_unsupported` */
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
    'metadata is set once, when the session is created',
    `A new session can carry old and new together, under another guest id: anon-cli token update --meta <key=value> --replace${sessionSelection}${tenant.selection}`,
  );
}

/** The same for a transfer ticket. @throws {AnonError} `edition_unsupported` */
export async function checkTransfer(tenant: TenantConnection): Promise<void> {
  const edition = await knownEdition(tenant);
  if (edition && !edition.mintsTransferTickets) throw noTickets(edition.name);
}

/** Edition `preview` takes the session token itself into a login. @see wire contract, section 5 */
export function noTickets(edition: EditionName): AnonError {
  return new AnonError('edition_unsupported', `In edition '${edition}' there are no transfer tickets.`, {
    hint: 'Give the session token itself to the login: /authorize?…&anonymous_session_token=<session token>',
  });
}

/** Undefined where it is not known and there are no credentials to ask: then the tenant says what it cannot do. */
async function knownEdition(tenant: TenantConnection): Promise<Edition | undefined> {
  if (tenant.edition) return editionNamed(tenant.edition);
  return tenant.management ? editionOf(tenant) : undefined;
}

function unsupported({ name }: Edition, reason: string, hint: string): AnonError {
  return new AnonError('edition_unsupported', `In edition '${name}' ${reason}.`, { hint });
}
