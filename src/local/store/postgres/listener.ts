import type { DatabaseClient } from './client.ts';
import { isUnsupported } from './failure.ts';
import { channel } from './tables.ts';

const [firstDelayMs, maxDelayMs] = [100, 5000];

export interface ListenerEvents {
  /** From now on every notification arrives, until {@link onEnd}. */
  onStart(): void;
  onNotification(payload: string): void;
  onEnd(): void;
  /** The server has no notifications. */
  onUnsupported(): void;
}

/** Listens on a connection of its own, and opens another one when it ends. Does not keep the process running. */
export class Listener {
  readonly #newClient: () => DatabaseClient;
  readonly #events: ListenerEvents;
  #client: DatabaseClient | undefined;
  #isClosed = false;
  #delayMs = firstDelayMs;

  constructor(newClient: () => DatabaseClient, events: ListenerEvents) {
    this.#newClient = newClient;
    this.#events = events;
    void this.#listen();
  }

  close(): void {
    this.#isClosed = true;
    void this.#client?.end();
  }

  async #listen(): Promise<void> {
    const client = this.#newClient();
    this.#client = client;
    const isSupported = await this.#listenOn(client);
    void client.end();
    if (this.#isClosed) return;
    if (!isSupported) {
      this.#events.onUnsupported();
      return;
    }
    setTimeout(() => {
      if (!this.#isClosed) void this.#listen();
    }, this.#delayMs).unref();
    this.#delayMs = Math.min(this.#delayMs * 2, maxDelayMs);
  }

  /** Returns when the connection has ended or cannot listen: false where the server has no notifications. */
  async #listenOn(client: DatabaseClient): Promise<boolean> {
    const ended = new Promise((resolve) => client.once('end', resolve));
    client.on('notification', ({ payload = '' }) => this.#events.onNotification(payload));
    try {
      const connected = client.connect();
      // Missing from the types.
      (client as DatabaseClient & { unref(): void }).unref();
      await connected;
    } catch {
      return true;
    }
    try {
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      return !isUnsupported(error);
    }
    this.#delayMs = firstDelayMs;
    this.#events.onStart();
    await ended;
    this.#events.onEnd();
    return true;
  }
}
