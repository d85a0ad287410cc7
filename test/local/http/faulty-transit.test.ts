import { once } from 'node:events';
import { request as overHttps } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ListenOptions, listen } from '../../../src/local/http/listen.ts';
import { type Transit, withTransit } from '../../../src/local/http/transit.ts';
import certificates from '../../fixtures/tls.json' with { type: 'json' };
import { rawConnection } from '../../support/raw-http.ts';
import { rsa } from '../../support/tokens.ts';

const body = 'x'.repeat(1000);
const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const overTls: ListenOptions = { certificate: async () => ({ certificate: certificates.localhost, key }) };

/** A server whose responses travel in this way. */
async function sending(transit: Transit, options: ListenOptions = {}, text: string | null = body) {
  const response = () => new Response(text, { headers: { 'set-cookie': 'a=1', 'x-kept': 'yes' } });
  const server = await listen(async () => withTransit(response(), transit), 0, options);
  onTestFinished(() => server.close());
  return { server, url: server.url.replace('https:', 'http:') };
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error) => error.cause?.code ?? error.code,
  );

/** The error of a request over TLS. */
async function secureError(port: number): Promise<string> {
  const asked = overHttps({ port, host: '127.0.0.1', servername: 'localhost', ca: certificates.authority }).end();
  const [answer] = await once(asked, 'response').catch((error) => [error]);
  if (answer instanceof Error) return answer.message;
  return once(answer.resume(), 'end').then(
    () => 'no error',
    ({ message }) => message,
  );
}

describe('a response in transit', () => {
  it('is delayed, and then complete', async () => {
    const { url } = await sending({ delayMs: 30 });
    const start = performance.now();
    expect(await (await fetch(url)).text()).toBe(body);
    // Timers may fire up to a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(28);
  });

  it('stops waiting once the client has left, so that the server closes at once', async () => {
    const { server } = await sending({ delayMs: 3_600_000 });
    const connection = await rawConnection(server.port);
    connection.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const start = performance.now();
    await server.close();
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it.each([
    ['HTTP', {}],
    ['HTTPS', overTls],
  ])('is kept away by a reset: over %s', async (scheme, options) => {
    const { server, url } = await sending({ delayMs: 0, breakage: 'reset' }, options);
    const error = scheme === 'HTTP' ? await codeOf(fetch(url)) : await secureError(server.port);
    expect(error).toBe(scheme === 'HTTP' ? 'ECONNRESET' : 'read ECONNRESET');
  });

  it('is cut off in the middle, with the headers of the whole', async () => {
    const { url } = await sending({ delayMs: 0, breakage: 'truncate' });
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-length'), response.headers.get('x-kept')]).toEqual([
      200,
      '1000',
      'yes',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['a=1']);
    expect(await codeOf(response.text())).toBe('UND_ERR_SOCKET');
  });

  it('is cut off over HTTPS too', async () => {
    const { server } = await sending({ delayMs: 0, breakage: 'truncate' }, overTls);
    expect(await secureError(server.port)).toBe('aborted');
  });

  it('is cut off after its headers where it has no body', async () => {
    const { url } = await sending({ delayMs: 0, breakage: 'truncate' }, {}, null);
    const response = await fetch(url);
    expect(response.headers.get('content-length')).toBe('1');
    expect(await codeOf(response.text())).toBe('UND_ERR_SOCKET');
  });

  it('is cut off after its headers where the request wants no body', async () => {
    const { server } = await sending({ delayMs: 0, breakage: 'truncate' });
    const connection = await rawConnection(server.port);
    connection.write('HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await connection.answer()).split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
  });

  it('never comes where it is dropped, until the client gives up', async () => {
    const { server } = await sending({ delayMs: 0, breakage: 'drop' });
    const connection = await rawConnection(server.port);
    connection.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const answer = connection.answer();
    const other = await sending({ delayMs: 30 });
    expect(await Promise.race([answer, fetch(other.url).then(() => 'nothing')])).toBe('nothing');
    await server.close();
    expect(await answer).toBe('');
  });
});
