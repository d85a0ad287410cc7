import type { ClientConfig, PoolClient } from 'pg';
import { type PostgresAddress, type PostgresPorts, serverName } from './address.ts';
import { type Attempt, Backoff } from './backoff.ts';
import { DatabaseClient } from './client.ts';
import { isConnectionLost, isCrowded, isEncryptionRefused, isTimeout, isWithoutTls, meaningOf } from './failure.ts';
import { ConnectionPool } from './pool.ts';
import { DatabaseRefusedError } from './refused-error.ts';
import { type Encryption, encryptionsOf } from './tls.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Query = (text: string, values?: readonly unknown[]) => Promise<Row[]>;

const [connectTimeoutSeconds, statementTimeoutMs, keepAliveMs] = [3, 5000, 10_000];

/**
 * Connections to one database, opened when needed. All functions throw `DatabaseUnavailableError` and
 * `DatabaseRefusedError`; errors in statements pass through as pg throws them.
 */
export class Connections {
  readonly #address: PostgresAddress;
  readonly #ports: PostgresPorts;
  readonly #onLost: () => void;
  readonly #backoff: Backoff;
  readonly #encryptions: Encryption[];
  /** Why the server has not accepted an encryption that was tried before. */
  #refusal: unknown;
  #pool: ConnectionPool;
  #wasConnected = false;
  #closed: Promise<void> | undefined;

  /** @param onLost called when a connection has ended: the next one may be to a server with another state */
  constructor(address: PostgresAddress, ports: PostgresPorts, onLost: () => void) {
    this.#address = address;
    this.#ports = ports;
    this.#onLost = onLost;
    this.#backoff = new Backoff(() => ports.now());
    this.#encryptions = [...encryptionsOf(address)];
    this.#pool = this.#newPool();
  }

  /** Runs a statement that only reads: when its connection turns out to be closed, it runs again on another one. */
  async read(text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#attempt((query) => query(text, values), statementTimeoutMs, 2);
  }

  async writeOnce(text: string, values: readonly unknown[], timeoutMs = statementTimeoutMs): Promise<Row[]> {
    return this.#attempt((query) => query(text, values), timeoutMs, 1);
  }

  /** Saves what the statements in `work` write, all of it or nothing. Each statement sees what others committed before it. */
  async transaction<Result>(work: (query: Query) => Promise<Result>, timeoutMs: number): Promise<Result> {
    const run = async (query: Query): Promise<Result> => {
      await query('BEGIN ISOLATION LEVEL READ COMMITTED');
      try {
        const result = await work(query);
        await query('COMMIT');
        return result;
      } catch (error) {
        if (!isConnectionLost(error)) await query('ROLLBACK');
        throw error;
      }
    };
    return this.#attempt(run, timeoutMs, 1);
  }

  /** A connection for the caller alone. */
  newClient(): DatabaseClient {
    return new DatabaseClient(this.#config());
  }

  /** Opens new connections from now on, because a session keeps the settings with which it began. */
  renew(): void {
    this.#pool.renew();
  }

  /** Reports that the server accepts connections again. */
  isBack(): void {
    this.#backoff.hasten();
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #attempt<Result>(work: (query: Query) => Promise<Result>, timeoutMs: number, tries: number): Promise<Result> {
    const attempt = this.#backoff.begin();
    let isReached = false;
    try {
      for (let left = tries - 1; ; left -= 1) {
        isReached = false;
        const client = await this.#client();
        isReached = true;
        try {
          const result = await use(client, work, timeoutMs);
          this.#answered();
          return result;
        } catch (error) {
          if (left === 0 || !isConnectionLost(error) || isTimeout(error)) throw error;
          this.#onLost();
          // The others have most likely ended too.
          this.#pool.renew();
        }
      }
    } catch (error) {
      if (!isReached || isConnectionLost(error)) throw this.#failed(attempt, error);
      this.#answered();
      throw error;
    }
  }

  /** An open connection, with the first encryption that the server accepts. */
  async #client(): Promise<PoolClient> {
    for (;;) {
      const pool = this.#pool;
      try {
        const client = await pool.connect();
        this.#wasConnected = true;
        return client;
      } catch (error) {
        if (this.#wasConnected || !isEncryptionRefused(error)) throw error;
        if (pool !== this.#pool) continue;
        if (this.#encryptions.length === 1) throw this.#withEarlierRefusal(error);
        this.#refusal = error;
        this.#encryptions.shift();
        this.#pool = this.#newPool();
        await pool.end();
      }
    }
  }

  /** Two refusals, where neither explains the other. */
  #withEarlierRefusal(error: unknown): unknown {
    if (this.#refusal === undefined || isWithoutTls(this.#refusal)) return error;
    if (isWithoutTls(error)) return this.#refusal;
    const earlier = meaningOf(this.#refusal, this.#address);
    if (!(earlier instanceof DatabaseRefusedError) || !(error instanceof Error)) return error;
    const how = this.#encryptions[0] ? 'with' : 'without';
    return new DatabaseRefusedError(earlier.reason, `${earlier.message}; ${how} TLS: ${error.message}`, error);
  }

  #answered(): void {
    if (this.#backoff.isDown) this.#ports.warn(`Connected to ${serverName(this.#address)} again.`);
    this.#backoff.succeeded();
  }

  #failed(attempt: Attempt, error: unknown): Error {
    // Others may still have connections.
    if (!attempt.isProbe && isCrowded(error)) return meaningOf(error, this.#address);
    this.#onLost();
    const wasDown = this.#backoff.isDown;
    const failure = this.#backoff.failed(attempt, (delayMs) => meaningOf(error, this.#address, delayMs));
    if (!wasDown && this.#wasConnected) {
      this.#ports.warn(`${failure.message.replace(/^./, (first) => first.toUpperCase())}. Trying again.`);
    }
    return failure;
  }

  #newPool(): ConnectionPool {
    return new ConnectionPool(
      this.#config(),
      () => this.#ports.now(),
      () => this.#onLost(),
    );
  }

  #config(): ClientConfig {
    const { host, port, user, database, password } = this.#address;
    return {
      host,
      port,
      user,
      database,
      // A function, so that pg neither looks for a password elsewhere nor shows this one.
      password: () => {
        if (password) return password;
        const message = `${serverName(this.#address)} requires a password for user "${user}", and none is given`;
        throw new DatabaseRefusedError('password', message);
      },
      ssl: this.#encryptions[0],
      sslnegotiation: 'postgres',
      connectionTimeoutMillis: (this.#address.connectTimeoutSeconds || connectTimeoutSeconds) * 1000,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
      fallback_application_name: 'anon-cli',
    };
  }
}

/** Runs `work` on a connection and gives it back, unless it is lost. */
async function use<Result>(
  client: PoolClient,
  work: (query: Query) => Promise<Result>,
  timeoutMs: number,
): Promise<Result> {
  let lost: unknown;
  try {
    return await work(async (text, values = []) => {
      const statement = { text, values: [...values], query_timeout: timeoutMs };
      return (await client.query<Row>(statement)).rows;
    });
  } catch (error) {
    if (isConnectionLost(error)) lost = error;
    throw error;
  } finally {
    client.release(lost instanceof Error ? lost : undefined);
  }
}
