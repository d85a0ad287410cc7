import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A raw connection, for bytes that no HTTP client would send. */
export interface RawConnection {
  readonly socket: Socket;
  write(text: string): void;
  /** Everything received, once the other side has closed the connection. */
  answer(): Promise<string>;
  /** Everything received so far, once it contains `mark`. */
  until(mark: string): Promise<string>;
}

/** Connects to a port of the loopback interface until the test ends. */
export async function rawConnection(port: number, host = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect(port, host);
  let text = '';
  let reset: Error | undefined;
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', (error) => {
    reset = error;
  });
  onTestFinished(() => void socket.destroy());
  const closed = new Promise((done) => socket.once('close', done));
  await once(socket, 'connect');
  return {
    socket,
    write: (sent) => void socket.write(sent),
    async answer() {
      await closed;
      if (reset && text === '') throw reset;
      return text;
    },
    async until(mark) {
      while (!text.includes(mark)) {
        if (socket.destroyed) throw reset ?? new Error(`the connection ended before ${mark} came: ${text}`);
        await Promise.race([once(socket, 'data'), closed]);
      }
      return text;
    },
  };
}

/** The status of the first response in the received text. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

/** The JSON body of the only response in the received text. */
// biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
export function bodyOf(answer: string): any {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}
