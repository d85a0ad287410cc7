import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Listening, type ListenOptions, listen } from '../../../src/local/http/listen.ts';
import type { TlsCertificate } from '../../../src/local/http/tls.ts';
import certificates from '../../fixtures/tls.json' with { type: 'json' };
import { testTenant } from '../../support/local.ts';
import { bodyOf, rawConnection, statusOf } from '../../support/raw-http.ts';
import { rsa } from '../../support/tokens.ts';

const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const presented: TlsCertificate = { certificate: certificates.localhost, key };

type Handle = (request: Request) => Promise<Response>;
const echo: Handle = async (received) => Response.json({ url: received.url, body: await received.text() });

async function listening(options: ListenOptions = {}, handle: Handle = echo): Promise<Listening> {
  const opened = await listen(handle, 0, { certificate: async () => presented, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

/** A TLS connection that trusts the authority of the certificates. */
async function secure(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: certificates.authority, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

/** Everything that the other side sends until it closes the connection. */
async function textOf(socket: TLSSocket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  return text;
}

const get = (more = '') => `GET /x HTTP/1.1\r\nHost: localhost\r\n${more}Connection: close\r\n\r\n`;

describe('one port', () => {
  it('serves HTTPS and HTTP, and each request has the scheme of its connection', async () => {
    const { url, port } = await listening();
    expect(url).toBe(`https://localhost:${port}`);
    const socket = await secure(port);
    socket.write(get());
    expect(bodyOf((await textOf(socket)).replace(/transfer-encoding.*\r\n/i, ''))).toMatchObject({
      url: `https://localhost:${port}/x`,
    });
    const plain = await (await fetch(`http://localhost:${port}/x`)).json();
    expect(plain).toMatchObject({ url: `http://localhost:${port}/x` });
  });

  it('serves both at each address', async () => {
    const { port } = await listening();
    for (const host of ['127.0.0.1', '::1']) {
      const socket = await secure(port, { host });
      socket.write(get());
      expect([host, statusOf(await textOf(socket))]).toEqual([host, 200]);
    }
    expect((await fetch(`http://[::1]:${port}/`)).status).toBe(200);
  });

  it('serves only HTTP without a certificate', async () => {
    const { url, port } = await listening({ certificate: undefined });
    expect(url).toBe(`http://localhost:${port}`);
    await expect(secure(port)).rejects.toThrow();
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('over TLS', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a client may speak %s', async (version) => {
    const { port } = await listening();
    const socket = await secure(port, { minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.write(get());
    expect(statusOf(await textOf(socket))).toBe(200);
  });

  it('no earlier version is spoken', async () => {
    const { port } = await listening();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await expect(secure(port, old)).rejects.toThrow(/alert|version/i);
  });

  it('a client that also speaks HTTP/2 gets HTTP/1.1, and one that speaks nothing else is refused', async () => {
    const { port } = await listening();
    expect((await secure(port, { ALPNProtocols: ['h2', 'http/1.1'] })).alpnProtocol).toBe('http/1.1');
    await expect(secure(port, { ALPNProtocols: ['h2'] })).rejects.toThrow(/alert/i);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a session is resumed in %s', async (version) => {
    const { port } = await listening();
    const versions = { minVersion: version, maxVersion: version };
    const first = await secure(port, versions);
    first.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(first, 'data');
    const session = first.getSession();
    first.destroy();
    const second = await secure(port, { ...versions, session });
    expect(second.isSessionReused()).toBe(true);
    second.write(get());
    expect(statusOf(await textOf(second))).toBe(200);
  });

  it('many requests go over one connection, with bodies of any size up to the limit', async () => {
    const { port } = await listening();
    const socket = await secure(port);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const bodies = ['', 'a', 'b'.repeat(70_000), 'c'.repeat(1_000_000)];
    for (const body of bodies) {
      socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
    socket.write(get());
    await once(socket, 'end');
    expect(text.split('HTTP/1.1 200').length - 1).toBe(bodies.length + 1);
    for (const body of bodies) expect(text).toContain(`"body":"${body}"`);
  });

  it('the limits of bodies and the check of the host are those of HTTP', async () => {
    const { port } = await listening();
    const large = await secure(port);
    large.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000001\r\n\r\n');
    expect(statusOf(await textOf(large))).toBe(413);
    const elsewhere = await secure(port);
    elsewhere.write('GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n');
    expect(statusOf(await textOf(elsewhere))).toBe(421);
  });

  it('a handshake may arrive in single bytes', async () => {
    const { port } = await listening();
    // Copies what a client sends byte by byte.
    const onward = connectTcp(port, '127.0.0.1').setNoDelay();
    const { createServer } = await import('node:net');
    const slow = createServer((inner) => {
      onward.pipe(inner);
      inner.on('data', (chunk) => {
        for (const byte of chunk) onward.write(Buffer.from([byte]));
      });
      inner.on('error', () => {});
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      slow.close();
      onward.destroy();
    });
    await once(slow, 'listening');
    const socket = await secure((slow.address() as { port: number }).port);
    socket.write(get());
    expect(statusOf(await textOf(socket))).toBe(200);
  });

  it('a new certificate is presented to the next connection', async () => {
    let current = presented;
    const { port } = await listening({ certificate: async () => current });
    const before = await secure(port);
    expect(before.getPeerCertificate().subjectaltname).toContain('DNS:localhost');
    current = { certificate: certificates.elsewhere, key };
    const after = await secure(port, { checkServerIdentity: () => undefined });
    expect(after.getPeerCertificate().subjectaltname).not.toContain('DNS:localhost');
    before.write(get());
    expect(statusOf(await textOf(before))).toBe(200);
  });

  it('the certificate is read at the first TLS connection, and not before', async () => {
    let reads = 0;
    const { port } = await listening({
      certificate: async () => {
        reads += 1;
        return presented;
      },
    });
    await fetch(`http://localhost:${port}/`);
    expect(reads).toBe(0);
    const sockets = await Promise.all([secure(port), secure(port)]);
    expect(reads).toBe(2);
    for (const socket of sockets) {
      socket.write(get());
      expect(statusOf(await textOf(socket))).toBe(200);
    }
  });

  it('a certificate that cannot be read ends the connection, and the server goes on', async () => {
    const { port } = await listening({ certificate: () => Promise.reject(new Error('no certificate')) });
    await expect(secure(port)).rejects.toThrow();
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
  });

  it('a key that is not the certificate’s ends the connection, and the server goes on', async () => {
    const { port } = await listening({ certificate: async () => ({ ...presented, key: 'no key' }) });
    await expect(secure(port)).rejects.toThrow();
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
  });

  it('a client that does not trust the certificate does not disturb the others', async () => {
    const { port } = await listening();
    await expect(secure(port, { ca: certificates.elsewhere })).rejects.toThrow(/certificate/);
    const socket = await secure(port);
    socket.write(get());
    expect(statusOf(await textOf(socket))).toBe(200);
  });

  it('an agent of Node.js keeps its connections', async () => {
    const { Agent } = await import('node:https');
    const { port } = await listening();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: certificates.authority });
    onTestFinished(() => agent.destroy());
    const ask = () =>
      new Promise<boolean>((resolve, reject) => {
        const sent = request({ agent, port, host: 'localhost', path: '/' }, (answer) => {
          answer.resume().once('end', () => resolve(sent.reusedSocket));
        });
        sent.once('error', reject).end();
      });
    expect([await ask(), await ask(), await ask()]).toEqual([false, true, true]);
  });
});

describe('what is neither HTTP nor TLS', () => {
  it.each([
    ['binary data', '\x00\x01\x02\x03\x04\r\n\r\n'],
    ['a handshake of SSL 2', '\x80\x2e\x01\x00\x02'],
    ['text', 'hello\r\n\r\n'],
  ])('is refused with 400: %s', async (_, text) => {
    const { port } = await listening();
    const connection = await rawConnection(port);
    connection.socket.write(text, 'latin1');
    expect(statusOf(await connection.answer())).toBe(400);
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
  });

  it('is disconnected after the first byte of TLS', async () => {
    const { port } = await listening();
    const connection = await rawConnection(port);
    connection.socket.write(Buffer.from([0x16, ...Array.from({ length: 300 }, (_, index) => (index * 7) % 256)]));
    await connection.answer().catch(() => '');
    expect(connection.socket.destroyed).toBe(true);
    const socket = await secure(port);
    socket.write(get());
    expect(statusOf(await textOf(socket))).toBe(200);
  });
});

describe('a client is disconnected', () => {
  const soon = { requestMs: 200 };

  it('with 408 when it sends nothing', async () => {
    const connection = await rawConnection((await listening(soon)).port);
    expect(statusOf(await connection.answer())).toBe(408);
  });

  it.each([
    ['the first byte', Buffer.from([0x16])],
    ['the head of a record', Buffer.from([0x16, 3, 1, 2, 0])],
    ['half a handshake', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
  ])('when it sends only %s', async (_, bytes) => {
    const connection = await rawConnection((await listening(soon)).port);
    connection.socket.write(bytes);
    expect(await connection.answer().catch(() => '')).not.toContain('HTTP/1.1');
    expect(connection.socket.destroyed).toBe(true);
  });

  it('with 408 when it completes the handshake, and sends half a request', async () => {
    const socket = await secure((await listening(soon)).port);
    socket.write('GET / HT');
    expect(statusOf(await textOf(socket))).toBe(408);
  });

  it('and takes nothing with it when it ends the connection first', async () => {
    const { port } = await listening();
    const connection = await rawConnection(port);
    connection.socket.end();
    expect(await connection.answer()).toBe('');
    const reset = await rawConnection(port);
    reset.socket.write(Buffer.from([0x16, 3, 1]));
    reset.socket.resetAndDestroy();
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
  });
});

describe('close', () => {
  it.each([
    ['nothing was sent', undefined],
    ['a handshake has begun', Buffer.from([0x16, 3, 1, 2, 0])],
  ])('does not wait when %s', async (_, bytes) => {
    const { port, close } = await listen(echo, 0, { certificate: async () => presented, graceMs: 600_000 });
    const connection = await rawConnection(port);
    if (bytes) connection.socket.write(bytes);
    // A later connection is served, so this one has been accepted.
    await fetch(`http://127.0.0.1:${port}/`);
    await close();
    await connection.answer().catch(() => '');
    expect(connection.socket.destroyed).toBe(true);
  });

  it('does not wait for a kept TLS connection', async () => {
    const { port, close } = await listen(echo, 0, { certificate: async () => presented, graceMs: 600_000 });
    const socket = await secure(port);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    const ended = once(socket, 'close');
    socket.resume().on('error', () => {});
    await close();
    await ended;
  });

  it('lets a running response over TLS finish', async () => {
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { port, close } = await listen(
      async () => {
        arrived();
        await asked;
        return new Response('whole');
      },
      0,
      { certificate: async () => presented, graceMs: 600_000 },
    );
    const socket = await secure(port);
    socket.write(get());
    await arrival;
    const closed = close();
    answer();
    expect(await textOf(socket)).toContain('whole');
    await closed;
  });
});

it('a tenant answers the same over both', async () => {
  const tenant = await testTenant({ edition: 'ea' });
  const { port } = await listening({}, tenant.handle);
  const plain = await (await fetch(`http://localhost:${port}/.well-known/jwks.json`)).json();
  const socket = await secure(port);
  socket.write('GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(bodyOf(await textOf(socket))).toEqual(plain);
});
