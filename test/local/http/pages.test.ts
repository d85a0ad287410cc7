import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../src/local/http/listen.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { openTenant } from '../../support/local.ts';
import { bodyOf, rawConnection, statusOf } from '../../support/raw-http.ts';

const origin = 'http://localhost:3000';

/** Sends one request to a listening tenant, and returns all that was received. */
async function exchange(edition: EditionName) {
  const tenant = await openTenant({ edition });
  const { port, close } = await listen(tenant.handle, 0);
  onTestFinished(close);
  const body = JSON.stringify({ client_id: tenant.app.client_id, audience: tenant.api.identifier });
  return async (method: string, ...headers: string[]) => {
    const connection = await rawConnection(port);
    const content = method === 'POST' ? ['Content-Type: application/json', `Content-Length: ${body.length}`] : [];
    const head = [
      `${method} /anonymous/token HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      ...headers,
      ...content,
    ];
    connection.write(`${head.join('\r\n')}\r\n\r\n${method === 'POST' ? body : ''}`);
    return connection.answer();
  };
}

/** The values of a header in what was received, one for each of its lines. */
function lines(answer: string, name: string): string[] {
  const head = answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n');
  return head.filter((line) => line.toLowerCase().startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
}

describe.each(['preview', 'ea'] as const)('a page at a listening tenant, edition %s', (edition) => {
  it('gets a guest after a preflight request', async () => {
    const send = await exchange(edition);
    const asked = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: auth0-client,content-type'];
    const preflight = await send('OPTIONS', `Origin: ${origin}`, ...asked);
    expect(statusOf(preflight)).toBe(204);
    expect(lines(preflight, 'access-control-allow-origin')).toEqual([origin]);
    expect(lines(preflight, 'access-control-allow-headers')).toEqual(['content-type, auth0-client']);
    const answer = await send('POST', `Origin: ${origin}`, 'Auth0-Client: e30');
    expect(statusOf(answer)).toBe(200);
    expect(lines(answer, 'access-control-allow-origin')).toEqual([origin]);
    expect(lines(answer, 'access-control-allow-credentials')).toEqual(['true']);
    expect(lines(answer, 'vary')).toEqual(['Origin']);
  });

  it('is refused with several origins', async () => {
    const send = await exchange(edition);
    const answer = await send('POST', `Origin: ${origin}`, 'Origin: http://localhost:3001');
    expect(lines(answer, 'access-control-allow-origin')).toEqual([]);
  });
});

it('a browser gets the session in two cookies, each on its own line', async () => {
  const answer = await (await exchange('ea'))('POST', `Origin: ${origin}`);
  const { session_token: token } = bodyOf(answer);
  expect(lines(answer, 'set-cookie')).toEqual([
    `auth0_anon=${token}; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=2592000`,
    `auth0_anon_compat=${token}; HttpOnly; Secure; Path=/; Max-Age=2592000`,
  ]);
});
