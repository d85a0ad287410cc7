import { STATUS_CODES } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { served } from '../http-server.ts';
import { type HostileAnswer, statusOf } from './answers.ts';
import { bodies, endless, type Genuine, type Heard, valuesIn } from './bodies.ts';
import { heads } from './heads.ts';

/** The well-behaved tenant behind the hostile one. */
type Handle = (request: Request) => Promise<Response>;

/** One command's exchange with a hostile tenant. */
export interface Encounter {
  readonly answer: HostileAnswer;
  readonly handle: Handle;
  /** Called with every request and the genuine response to it. */
  readonly onRequest: (heard: Heard, genuine: Genuine) => void;
}

export interface HostileTenant {
  readonly url: string;
  /** From now on requests get this response. */
  meet(encounter: Encounter): void;
  /** The requests since then, and whether each got the hostile response. */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly hostile: boolean }[];
  /** The connections to the target of redirects. */
  readonly strayed: () => number;
}

/** More than any command may need to detect an endless list. */
const mostRequests = 3100;

/** A server on raw sockets, which can send what no HTTP server sends. */
export async function hostileTenant(): Promise<HostileTenant> {
  let strayed = 0;
  const elsewhere = await served(
    createServer((socket) => {
      strayed += 1;
      socket.destroy();
    }),
  );
  let encounter: Encounter | undefined;
  let requests: { method: string; path: string; hostile: boolean }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay();
    socket.on('close', () => sockets.delete(socket));
    let before = Promise.resolve();
    onEachRequest(socket, (heard) => {
      const met = encounter;
      before = before.then(async () => {
        // Bytes for an earlier command are ignored.
        if (!met || met !== encounter || requests.length >= mostRequests) return void socket.destroy();
        await meet(socket, met, heard);
      });
    });
  });

  async function meet(socket: Socket, { answer, handle, onRequest }: Encounter, heard: Heard): Promise<void> {
    const genuine = await handle(requestOf(heard));
    const text = await genuine.text();
    const hostile = isHostile(answer, heard, requests);
    requests.push({ method: heard.method, path: heard.path, hostile });
    onRequest(heard, { status: genuine.status, text });
    if (!hostile) return void socket.write(plain(genuine.status, text));
    await deliver(socket, answer, {
      heard,
      genuine: { status: genuine.status, text },
      turn: requests.length,
      elsewhere,
    });
  }

  const url = `http://127.0.0.1:${await served(server)}`;
  return {
    url,
    strayed: () => strayed,
    get requests() {
      return requests;
    },
    meet(next) {
      for (const socket of sockets) socket.destroy();
      encounter = next;
      requests = [];
    },
  };
}

function isHostile({ place }: HostileAnswer, { method, path }: Heard, before: HostileTenant['requests']): boolean {
  if (place === 'every request') return true;
  const isExchange = (request: { path: string }) => request.path === '/oauth/token';
  if (isExchange({ path })) return false;
  if (place === 'all but /oauth/token') return true;
  if (place === 'what writes') return method !== 'GET';
  if (place === 'what is for guests') return path.startsWith('/anonymous/');
  return before.filter((request) => !isExchange(request)).length === Number.parseInt(place.slice(4), 10) - 1;
}

interface Told {
  readonly heard: Heard;
  readonly genuine: Genuine;
  readonly turn: number;
  /** The port of another server. */
  readonly elsewhere: number;
}

async function deliver(socket: Socket, answer: HostileAnswer, told: Told): Promise<void> {
  const { headBytes, body, isEndless, alone } = written(answer, told);
  if (alone) return void socket.write(headBytes, () => socket.end());
  const bytes = Buffer.concat([headBytes, body]);
  const cut = {
    'reset before it begins': 0,
    'closed before it begins': 0,
    'reset in its head': headBytes.length >> 1,
    'closed in its head': headBytes.length >> 1,
    'reset in its body': headBytes.length + (body.length >> 1),
    'closed in its body': headBytes.length + (body.length >> 1),
    'closed before its last byte': bytes.length - 1,
  }[answer.delivery as string];
  if (cut !== undefined) {
    socket.write(bytes.subarray(0, cut), () => {
      if (answer.delivery.startsWith('reset')) socket.resetAndDestroy();
      else socket.end();
    });
    return;
  }
  if (isEndless) return pourOut(socket, headBytes);
  if (answer.delivery === 'after a blank line') socket.write('\r\n');
  if (answer.delivery === 'byte by byte') await drip(socket, bytes);
  else socket.write(bytes);
  if (answer.delivery === 'with another answer behind it') socket.write(plain(200, '{"access_token":"smuggled"}'));
  // A body of unknown length ends with the connection; after a false length the rest is not waited for.
  const untold = /length|none at all|chunks|chunk beyond|twice/.test(answer.head) || answer.status.startsWith('101');
  if (untold || answer.delivery === 'whole, and the connection is closed') socket.end();
}

function written(answer: HostileAnswer, { heard, genuine, turn, elsewhere }: Told) {
  const status = statusOf(answer);
  const made = bodies[answer.body]?.(genuine, heard, turn) ?? '';
  const code = status.code ?? genuine.status;
  const framed = heads[answer.head]?.(Buffer.from(made), heard) ?? { lines: [], body: Buffer.alloc(0) };
  const target = `http://127.0.0.1:${elsewhere}/taken?with=${encodeURIComponent(valuesIn(heard).join(' '))}`;
  const isEndless = made === endless;
  const lines = [
    status.line ?? `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    ...(isEndless ? ['Content-Type: application/json'] : framed.lines),
    ...(status.headers ?? []).map((line) => line.replace('{elsewhere}', target)),
  ];
  const head = status.alone ? '' : `${lines.join('\r\n')}\r\n\r\n`;
  return {
    headBytes: Buffer.from(`${status.before ?? ''}${head}`, 'utf8'),
    body: framed.body,
    isEndless,
    alone: status.alone,
  };
}

function plain(status: number, text: string): string {
  const length = status === 204 ? '' : `Content-Length: ${Buffer.byteLength(text)}\r\n`;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n${length}\r\n${text}`;
}

/** Sends only the first bytes one by one, which tests the same and takes less time. */
async function drip(socket: Socket, bytes: Buffer): Promise<void> {
  const single = Math.min(bytes.length, 120);
  for (let at = 0; at < single && !socket.destroyed; at += 1) {
    socket.write(bytes.subarray(at, at + 1));
    await new Promise(setImmediate);
  }
  socket.write(bytes.subarray(single));
}

const pieceOfNoEnd = Buffer.alloc(2 ** 20, 'a');

/** For as long as the client reads, and at most 200 MB. */
async function pourOut(socket: Socket, headBytes: Buffer): Promise<void> {
  socket.write(headBytes);
  socket.write(endless);
  for (let megabytes = 0; megabytes < 200 && !socket.destroyed; megabytes += 1) {
    await new Promise<void>((written) => socket.write(pieceOfNoEnd, () => written()));
  }
  socket.destroy();
}

function onEachRequest(socket: Socket, hear: (heard: Heard) => void): void {
  let waiting = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let end = waiting.indexOf('\r\n\r\n'); end >= 0; end = waiting.indexOf('\r\n\r\n')) {
      const head = waiting.toString('latin1', 0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (waiting.length < end + 4 + length) return;
      const [, method = '', path = ''] = /^(\S+) (\S+)/.exec(head) ?? [];
      const body = waiting.toString('utf8', end + 4, end + 4 + length);
      waiting = waiting.subarray(end + 4 + length);
      hear({ method, path, head, body });
    }
  });
}

function requestOf({ method, path, head, body }: Heard): Request {
  const headers = new Headers();
  for (const [, name = '', value = ''] of head.matchAll(/^([\w-]+): (.*?)\r?$/gm)) {
    if (!/^(connection|transfer-encoding|content-length|host)$/i.test(name)) headers.set(name, value);
  }
  const [, host] = /^host: (.+)$/im.exec(head) ?? [];
  return new Request(`http://${host}${path}`, { method, headers, body: body === '' ? null : body });
}
