import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../src/local/http/listen.ts';
import { bodyOf, rawConnection, statusOf } from '../../support/raw-http.ts';

/** What a request arrives as. */
async function arrived(lines: readonly string[], body = ''): Promise<{ status: number; url: string | undefined }> {
  const listening = await listen(async ({ url }) => Response.json({ url }), 0);
  onTestFinished(() => listening.close());
  const connection = await rawConnection(listening.port);
  connection.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  const answer = await connection.answer();
  const url = lines[0]?.startsWith('GET') && statusOf(answer) === 200 ? String(bodyOf(answer).url) : undefined;
  return { status: statusOf(answer), url: url?.replace(String(listening.port), 'PORT') };
}

it.each([
  ['GET /health HTTP/1.1', ['Host: 10.1.2.3:4400']],
  ['HEAD /health HTTP/1.0', []],
  ['GET /health HTTP/1.0', []],
  ['GET /health HTTP/1.1', []],
  ['GET /health HTTP/1.1', ['Host:']],
  ['GET /health HTTP/1.1', ['Host: evil.example']],
  ['GET /health?full HTTP/1.1', ['Host: [fd00::1]']],
  ['GET http://evil.example/health HTTP/1.1', ['Host: evil.example']],
])('%s is served whatever its Host is: %j', async (line, hosts) => {
  const { status, url } = await arrived([line, ...hosts]);
  expect(status).toBe(200);
  // HEAD has no body to read.
  if (!line.startsWith('HEAD')) expect(url).toBe('http://localhost:PORT/health');
});

it.each([
  '/health/',
  '//health',
  '/Health',
  '/health%20',
  '/healthy',
  '/x/../health',
  '/health/../oauth/token',
  '/%68ealth',
])('%s is served only under the names of the tenant', async (path) => {
  expect((await arrived([`GET ${path} HTTP/1.1`, 'Host: 10.1.2.3:4400'])).status).toBe(421);
});

it('a body of /health has the limit of every body', async () => {
  const head = ['POST /health HTTP/1.1', 'Host: 10.1.2.3'];
  expect((await arrived([...head, 'Content-Length: 1000001'])).status).toBe(413);
});
