import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Refusal, refusalAt } from './refusal.ts';

/** What leads to this machine and to no other, whoever owns the names of the network. */
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** One megabyte. A request of this tenant has some hundred bytes. */
const maxBodyBytes = 1_000_000;

/** How long what a refused client still sends is thrown away, so that it finds the answer before the connection ends. */
const lingerMs = 500;

/** A name or a bracketed address, and a port. @see RFC 9110, section 7.2 */
const hostForm = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{0,5})?$/i;

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * Lets requests through to `listener` that are addressed to this tenant and have a body of at most 1 MB; answers the
 * others itself, 421 or 400 and 413, and ends their connection. A page whose own name was turned to this machine thus
 * reaches nothing, and no answer can be made to name another host. `hosts` are names beside those of this machine.
 */
export function admitting(listener: Listener, hosts: () => readonly string[]): Listener {
  return (incoming, outgoing) => {
    const refusal = addressRefusal(incoming, hosts) ?? lengthRefusal(incoming);
    if (refusal) return refuse(incoming, outgoing, refusal);
    // Any port is let in, since it may have been forwarded, and none but our own gets into an answer.
    incoming.headers.host = `${nameIn(incoming)}:${incoming.socket.localPort}`;
    if (incoming.headers.expect !== undefined) outgoing.writeContinue();
    if (incoming.headers['transfer-encoding'] === undefined) return listener(incoming, outgoing);
    collect(incoming, (body) => {
      if (body === undefined) return refuse(incoming, outgoing, tooLarge(incoming));
      // Where the listener looks for a body that somebody else has read.
      listener(Object.assign(incoming, { rawBody: body }), outgoing);
    });
  };
}

function addressRefusal(incoming: IncomingMessage, hosts: () => readonly string[]): Refusal | undefined {
  const sent = incoming.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  if (sent !== 1 || nameIn(incoming) === undefined) {
    return malformed(incoming, 'The request must have one Host header, with a name and a port.');
  }
  const served = [...loopbackNames, ...hosts()];
  return misdirected(incoming, served) ?? withoutAbsoluteTarget(incoming) ?? misdirected(incoming, served);
}

/** The name in the Host header, without the port. */
function nameIn({ headers: { host = '' } }: IncomingMessage): string | undefined {
  return hostForm.exec(host)?.[1]?.toLowerCase();
}

function misdirected(incoming: IncomingMessage, served: readonly string[]): Refusal | undefined {
  const name = nameIn(incoming) ?? '';
  if (served.includes(name)) return undefined;
  const way = `To serve it under that name: anon-cli local start --allow-host ${name}`;
  return refusalAt(pathOf(incoming), 421, 'invalid_request', `This tenant is not served as ${name}. ${way}`);
}

/** Makes a target with a host in it one without; the host goes before the one in the header. @see RFC 9112, section 3.2.2 */
function withoutAbsoluteTarget(incoming: IncomingMessage): Refusal | undefined {
  const target = incoming.url ?? '';
  if (target.startsWith('/') || target === '*') return undefined;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isHttp || url.username !== '' || url.password !== '')
    return malformed(incoming, 'Invalid request target.');
  incoming.url = `${url.pathname}${url.search}`;
  incoming.headers.host = url.host;
  return undefined;
}

function lengthRefusal(incoming: IncomingMessage): Refusal | undefined {
  return Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes ? tooLarge(incoming) : undefined;
}

/** The body of a request that does not say how long it is; undefined for one that is too long, or breaks off. */
function collect(incoming: IncomingMessage, done: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) finish(undefined);
    else chunks.push(chunk);
  };
  const end = () => finish(Buffer.concat(chunks));
  const finish = (body: Buffer | undefined) => {
    incoming.off('data', take).off('end', end);
    done(body);
  };
  // One that breaks off has nobody to answer.
  incoming
    .on('error', () => {})
    .on('data', take)
    .once('end', end);
}

function tooLarge(incoming: IncomingMessage): Refusal {
  return refusalAt(pathOf(incoming), 413, 'invalid_request', 'The body must be at most 1 MB.');
}

function malformed(incoming: IncomingMessage, description: string): Refusal {
  return refusalAt(pathOf(incoming), 400, 'invalid_request', description);
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/^https?:\/\/[^/]*/i, '').split('?')[0] ?? '';
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, { status, body, headers }: Refusal): void {
  const text = JSON.stringify(body);
  outgoing.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  outgoing.write(text);
  const timer = setTimeout(() => end(), lingerMs);
  const end = () => {
    clearTimeout(timer);
    outgoing.end();
  };
  incoming
    .on('error', () => {})
    .once('end', end)
    .once('close', end)
    .resume();
}
