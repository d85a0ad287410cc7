import type { Changes, Commit, DocumentDatabase, SavedDocument } from '../database.ts';
import type { Kind, Range, Where } from '../store.ts';
import { type PostgresAddress, type PostgresPorts, serverName } from './address.ts';
import { ChangeFeed, changesStatement } from './changes.ts';
import { commitWork } from './commit.ts';
import { otherVersion } from './commit-function.ts';
import { Connections, type Row } from './connections.ts';
import { countStatement, getStatement, listStatement, savedDocument } from './documents.ts';
import { isConflict, isReadOnly, meaningOf, sqlState } from './failure.ts';
import { Listener } from './listener.ts';
import { DatabaseRefusedError } from './refused-error.ts';
import { hasSchema, isCurrent, isSchemaMissing, prepareSchema } from './schema.ts';
import { indexKey } from './text.ts';

/** How often to repeat what the server has undone in favour of another transaction. */
const maxAttempts = 100;

/** How much longer a commit may take for each document. */
const writeTimeoutMs = 1;
const commitTimeoutMs = 5000;

/** After how many takes to delete what has ended, how much at once, and how long after its end: clocks differ. */
const [takesPerCleaning, deletedAtOnce, marginSeconds] = [100, 1000, 600];

/**
 * A tenant's state in PostgreSQL, in the schema `anon_cli`, which the first instance creates.
 * @throws {DatabaseUnavailableError | DatabaseRefusedError} as all functions of the database do
 */
export async function openPostgres(address: PostgresAddress, ports: PostgresPorts): Promise<DocumentDatabase> {
  const database = new PostgresDatabase(address, ports);
  try {
    await database.prepare();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * The state in a database, to be read only; undefined where there are no tables. Creates and changes nothing.
 * @throws as {@link openPostgres}
 */
export async function readPostgres(
  address: PostgresAddress,
  ports: PostgresPorts,
): Promise<DocumentDatabase | undefined> {
  const database = new PostgresDatabase(address, ports);
  try {
    if (await database.hasTables()) return database;
  } catch (error) {
    await database.close();
    throw error;
  }
  await database.close();
  return undefined;
}

class PostgresDatabase implements DocumentDatabase {
  readonly #address: PostgresAddress;
  readonly #ports: PostgresPorts;
  readonly #connections: Connections;
  readonly #changes: ChangeFeed;
  #listener: Listener | undefined;
  #takes = 0;

  constructor(address: PostgresAddress, ports: PostgresPorts) {
    this.#address = address;
    this.#ports = ports;
    this.#connections = new Connections(address, ports, () => this.#changes.forget());
    this.#changes = new ChangeFeed(
      (revision) => this.#readState(revision),
      () => ports.now(),
    );
  }

  prepare(): Promise<void> {
    return this.#explained(() => prepareSchema(this.#connections));
  }

  hasTables(): Promise<boolean> {
    return this.#explained(() => hasSchema(this.#connections));
  }

  changesSince(revision: number, mayLag: boolean): Promise<Changes> {
    // Only a server asks for this, so commands need no second connection.
    if (mayLag) this.#listener ??= this.#listen();
    return this.#run(() => this.#changes.since(revision, mayLag));
  }

  async get(kind: Kind, id: string): Promise<SavedDocument | undefined> {
    const { text, values } = getStatement(kind, id);
    const [saved] = await this.#readDocuments(text, values);
    return saved;
  }

  async list(kind: Kind, where: Where | undefined, range: Range | undefined): Promise<readonly SavedDocument[]> {
    const { text, values } = listStatement(kind, where, range);
    return this.#readDocuments(text, values);
  }

  async count(kind: Kind, where: Where | undefined): Promise<number> {
    const { text, values } = countStatement(kind, where);
    const [row] = await this.#run(() => this.#connections.read(text, values));
    return Number(row?.count);
  }

  async commit(commit: Commit): Promise<number | undefined> {
    const work = commitWork(commit);
    const timeoutMs = commitTimeoutMs + commit.writes.length * writeTimeoutMs;
    const [row] = await this.#run(() =>
      this.#connections.writeOnce('SELECT anon_cli.commit($1) AS revision', [work], timeoutMs),
    );
    if (!row || row.revision === null) return undefined;
    this.#changes.heard(Number(row.revision));
    return Number(row.revision);
  }

  async takeOnce(id: string, { nowSeconds, endSeconds }: { nowSeconds: number; endSeconds: number }): Promise<boolean> {
    if (this.#takes % takesPerCleaning === 0) await this.#deleteEnded(nowSeconds);
    this.#takes += 1;
    const taken = await this.#run(() =>
      this.#connections.writeOnce(
        'INSERT INTO anon_cli.used_once (id, ends) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true AS taken',
        [indexKey(id), Math.ceil(endSeconds)],
      ),
    );
    return taken.length === 1;
  }

  async close(): Promise<void> {
    this.#listener?.close();
    await this.#connections.close();
  }

  #readDocuments(text: string, values: readonly unknown[]): Promise<SavedDocument[]> {
    return this.#run(async () => (await this.#connections.read(text, values)).map(savedDocument));
  }

  async #deleteEnded(nowSeconds: number): Promise<void> {
    const ended = 'SELECT id FROM anon_cli.used_once WHERE ends < $1 LIMIT $2 FOR UPDATE SKIP LOCKED';
    await this.#run(() =>
      this.#connections.writeOnce(`DELETE FROM anon_cli.used_once WHERE id IN (${ended})`, [
        Math.floor(nowSeconds) - marginSeconds,
        deletedAtOnce,
      ]),
    );
  }

  async #readState(revision: number): Promise<Row[]> {
    const rows = await this.#connections.read(changesStatement, [revision]);
    if (isCurrent(rows)) return rows;
    await prepareSchema(this.#connections);
    return this.#connections.read(changesStatement, [revision]);
  }

  #listen(): Listener {
    return new Listener(() => this.#connections.newClient(), {
      onStart: () => {
        this.#changes.expire();
        this.#connections.isBack();
      },
      onNotification: (payload) => this.#changes.heard(Number(payload) || 0),
      onEnd: () => this.#changes.forget(),
      onUnsupported: () =>
        this.#ports.warn(`${serverName(this.#address)} has no LISTEN. It is asked for changes all the time instead.`),
    });
  }

  /** Runs statements, again where other transactions or a missing schema were in the way. */
  #run<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#explained(async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await work();
        } catch (error) {
          const isOutdated = isSchemaMissing(error) || sqlState(error) === otherVersion;
          if (attempt === 1 && isOutdated) await prepareSchema(this.#connections);
          else if (attempt === maxAttempts || !isConflict(error)) throw error;
        }
      }
    });
  }

  async #explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw isReadOnly(error) ? await this.#readOnly(error) : meaningOf(error, this.#address);
    }
  }

  async #readOnly(error: unknown): Promise<Error> {
    const isStandby = await this.#isStandby();
    this.#connections.renew();
    if (isStandby) return meaningOf(error, this.#address);
    const message = `${serverName(this.#address)} lets user "${this.#address.user}" read only`;
    return new DatabaseRefusedError('read-only', message, error);
  }

  /** A standby server may become the one to write to; a setting stays until somebody changes it. */
  async #isStandby(): Promise<boolean> {
    try {
      const [row] = await this.#connections.read('SELECT pg_is_in_recovery() AS standby');
      return row?.standby !== false;
    } catch {
      return true;
    }
  }
}
