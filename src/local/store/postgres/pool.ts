import { type ClientConfig, Pool, type PoolClient } from 'pg';
import { DatabaseClient } from './client.ts';
import { isCrowded } from './failure.ts';

const maxConnections = 10;
const idleMs = 60_000;

/** How long to do with fewer connections after the server has refused one. */
const crowdedMs = 60_000;

/** How often at most all connections are replaced. */
const renewalMs = 1000;

/** Connections that are used again. Unused ones do not keep the process running. */
export class ConnectionPool {
  readonly #pool: Pool;
  readonly #now: () => number;
  readonly #open = new Set<PoolClient>();
  /** Those that were open at the last renewal. */
  #outdated = new WeakSet<PoolClient>();
  #renewedMs = Number.NEGATIVE_INFINITY;
  #crowdedUntilMs = 0;

  /** @param onLost called when an unused connection has ended */
  constructor(config: ClientConfig, now: () => number, onLost: () => void) {
    this.#now = now;
    this.#pool = new Pool({
      ...config,
      Client: DatabaseClient,
      max: maxConnections,
      idleTimeoutMillis: idleMs,
      allowExitOnIdle: true,
    });
    // Without a listener, the end of an unused connection would end the process.
    this.#pool.on('error', onLost);
    this.#pool.on('connect', (client) => this.#open.add(client));
    this.#pool.on('remove', (client) => this.#open.delete(client));
  }

  /** Waits for a connection of this pool where the server has no other left. */
  async connect(): Promise<PoolClient> {
    if (this.#now() >= this.#crowdedUntilMs) this.#pool.options.max = maxConnections;
    let refusals = 0;
    for (;;) {
      try {
        const client = await this.#pool.connect();
        if (!this.#outdated.has(client)) return client;
        client.release(true);
      } catch (error) {
        if (!isCrowded(error) || this.#pool.totalCount === 0 || refusals === maxConnections) throw error;
        refusals += 1;
        this.#pool.options.max = Math.max(1, this.#open.size);
        this.#crowdedUntilMs = this.#now() + crowdedMs;
      }
    }
  }

  /** Uses none of the connections again that are open now. */
  renew(): void {
    if (this.#now() < this.#renewedMs + renewalMs) return;
    this.#renewedMs = this.#now();
    this.#outdated = new WeakSet(this.#open);
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
