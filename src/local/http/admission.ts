import type { IncomingMessage, ServerResponse } from 'node:http';
import { longestStateRequest, statePath } from '../../wire/control.ts';
import { parseUrl } from '../../wire/url.ts';
import { type Refusal, refusalAt } from './refusal.ts';

/** These names always lead to this machine, whoever controls the network's names. */
export const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** Typical requests to this tenant have a few hundred bytes. */
const maxBodyBytes = 1_000_000;

/** How long to discard what a refused client still sends, so that it can read the response before the connection closes. */
const lingerMs = 500;

/** Not the service's: for whatever starts and watches the process. Answers under every name: what checks the health of a container knows only its address, and the answer tells nothing. */
export const healthPath = '/health';

/** A name or a bracketed address, with an optional port. @see RFC 9110, section 7.2 */
const hostForm = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{0,5})?$/i;

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * Passes requests to `listener` that are addressed to this tenant and have a body of at most 1 MB. Refuses all others with
 * 400, 413 or 421, and closes their connection. This protects against DNS rebinding, and no request can put another
 * host into a response. `hosts` returns the names that are served in addition to this machine's own. Only `/health` is
 * served under every name.
 */
export function admitting(listener: Listener, hosts: () => readonly string[]): Listener {
  return (incoming, outgoing) => {
    const isHealthCheck = pathOf(incoming) === healthPath;
    const refusal = (isHealthCheck ? undefined : addressRefusal(incoming, hosts)) ?? lengthRefusal(incoming);
    if (refusal) return refuse(incoming, outgoing, refusal);
    if (isHealthCheck) incoming.url = healthPath;
    // Any port is accepted, because it may be forwarded; responses only contain our own.
    const name = isHealthCheck ? 'localhost' : nameIn(incoming);
    const { headers } = incoming;
    headers.host = `${name}:${incoming.socket.localPort}`;
    if (headers.expect !== undefined) outgoing.writeContinue();
    if (headers['transfer-encoding'] === undefined) return listener(incoming, outgoing);
    collect(incoming, (body) => {
      if (body === undefined) return refuse(incoming, outgoing, tooLarge(incoming));
      // The property in which the listener expects a body that was read before it.
      listener(Object.assign(incoming, { rawBody: body }), outgoing);
    });
  };
}

function addressRefusal(incoming: IncomingMessage, hosts: () => readonly string[]): Refusal | undefined {
  if (!hasOneHost(incoming) || nameIn(incoming) === undefined) {
    return malformed(incoming, 'The request must have one Host header, with a name and a port.');
  }
  const refusal = misdirected(incoming, hosts);
  if (refusal || isPath(incoming.url)) return refusal;
  return normalizeTarget(incoming) ?? misdirected(incoming, hosts);
}

function hasOneHost({ rawHeaders }: IncomingMessage): boolean {
  let sent = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') sent += 1;
  }
  return sent === 1;
}

function isPath(target = ''): boolean {
  return target.startsWith('/') || target === '*';
}

/** The name in the Host header, without the port. */
function nameIn({ headers: { host = '' } }: IncomingMessage): string | undefined {
  return hostForm.exec(host)?.[1]?.toLowerCase();
}

function misdirected(incoming: IncomingMessage, hosts: () => readonly string[]): Refusal | undefined {
  const name = nameIn(incoming) ?? '';
  if (loopbackNames.includes(name) || hosts().includes(name)) return undefined;
  const hint = `To serve it under that name: anon-cli local start --allow-host ${name}`;
  return refusalAt(pathOf(incoming), 421, 'invalid_request', `This tenant is not served as ${name}. ${hint}`);
}

/** Rewrites an absolute target as a path; its host takes precedence over the Host header. @see RFC 9112, section 3.2.2 */
function normalizeTarget(incoming: IncomingMessage): Refusal | undefined {
  const target = incoming.url ?? '';
  const url = parseUrl(target);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isHttp || url.username !== '' || url.password !== '')
    return malformed(incoming, 'Invalid request target.');
  incoming.url = `${url.pathname}${url.search}`;
  incoming.headers.host = url.host;
  return undefined;
}

function lengthRefusal(incoming: IncomingMessage): Refusal | undefined {
  // Nothing of the body is read before the token has been checked.
  const most = pathOf(incoming) === statePath ? longestStateRequest : maxBodyBytes;
  return Number(incoming.headers['content-length'] ?? 0) > most ? tooLarge(incoming, most) : undefined;
}

/** Reads a body of unknown length; `done` gets undefined when the body is too long, and is not called when it breaks off. */
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
  // After an aborted request nobody is there to read a response.
  incoming
    .on('error', () => {})
    .on('data', take)
    .once('end', end);
}

function tooLarge(incoming: IncomingMessage, most = maxBodyBytes): Refusal {
  const limit = `${Math.floor(most / 1_000_000)} MB`;
  return refusalAt(pathOf(incoming), 413, 'invalid_request', `The body must be at most ${limit}.`);
}

function malformed(incoming: IncomingMessage, description: string): Refusal {
  return refusalAt(pathOf(incoming), 400, 'invalid_request', description);
}

function pathOf({ url = '' }: IncomingMessage): string {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/]*/i, '');
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
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
