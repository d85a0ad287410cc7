import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/** What pg's types leave out. */
interface Listening {
  attachListeners(stream: { on(event: string, listener: (data: Buffer) => void): unknown }): void;
}

/** A connection that is closed where pg would leave its socket open, or end the process. */
export class DatabaseClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    // The error of a connection also rejects the statement that is waiting for it, or else the next one.
    this.on('error', () => {});
    const connection = this.connection as typeof this.connection & Listening;
    const attach = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => attach(guarded(stream as Socket));
  }

  override connect(): Promise<Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<Client> | undefined {
    if (!callback) return super.connect();
    super.connect((error: Error) => {
      // The reason may be pg's own, such as a password that is not given: the server still waits for it.
      if (error) this.connection.stream.destroy();
      callback(error);
    });
    return undefined;
  }
}

/** pg throws at a message that it does not know, where nobody can catch it. */
function guarded(stream: Socket): Parameters<Listening['attachListeners']>[0] {
  return {
    on: (event, listener) =>
      stream.on(event, (data: Buffer) => {
        try {
          listener(data);
        } catch (error) {
          stream.destroy(error as Error);
        }
      }),
  };
}
