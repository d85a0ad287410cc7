import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpWorld, httpFetch } from '../../../src/io/http/http.ts';
import { authority } from '../../support/authority-file.ts';
import { failureOf } from '../../support/domain.ts';
import { freePort } from '../../support/free-port.ts';
import { answering, answeringOverTls, proxying } from '../../support/http-server.ts';

const get = { method: 'GET', headers: {} };

function through(
  env: HttpWorld['env'],
  { caFile, connectMs = 5000 }: { caFile?: HttpWorld['caFile']; connectMs?: number } = {},
) {
  const { signal } = new AbortController();
  return httpFetch('https://acme.example', { env, signal, caFile }, { connectMs, totalMs: 30_000 });
}

describe('a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])('is used for a tenant on the network: %s', async (name) => {
    const tenant = await answeringOverTls((_, response) => response.end('here'));
    const proxy = await proxying();
    const fetch = through({ [name]: proxy.url }, { caFile: authority() });
    expect(await (await fetch(tenant, get)).text()).toBe('here');
    expect(proxy.asked).toEqual([new URL(tenant).host]);
  });

  it('is used over TLS with an https:// address, and at an IP address without a warning from Node', async () => {
    const warnings: unknown[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    const tenant = await answeringOverTls((_, response) => response.end('here'));
    const proxy = await proxying(undefined, { overTls: true });
    expect(await (await through({ HTTPS_PROXY: proxy.url }, { caFile: authority() })(tenant, get)).text()).toBe('here');
    expect(proxy.asked).toEqual([new URL(tenant).host]);
    expect(warnings).toEqual([]);
  });

  it('gets the user name and password in its address', async () => {
    const tenant = await answeringOverTls((_, response) => response.end('here'));
    const proxy = await proxying();
    const url = proxy.url.replace('http://', 'http://ann:a%20secret@');
    await through({ HTTPS_PROXY: url }, { caFile: authority() })(tenant, get);
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('ann:a secret').toString('base64')}`]);
  });

  it('is bypassed for a host in NO_PROXY', async () => {
    const tenant = await answeringOverTls((_, response) => response.end('here'));
    const proxy = await proxying();
    const fetch = through({ HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' }, { caFile: authority() });
    expect(await (await fetch(tenant, get)).text()).toBe('here');
    expect(proxy.asked).toEqual([]);
  });

  it('is never used for a tenant on this machine', async () => {
    const proxy = await proxying();
    const tenant = await answering((_, response) => response.end('here'));
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    const response = await httpFetch(tenant, { env, signal: new AbortController().signal })(tenant, get);
    expect(await response.text()).toBe('here');
    expect(proxy.asked).toEqual([]);
  });

  it('does not make a certificate trusted', async () => {
    const tenant = await answeringOverTls((_, response) => response.end());
    const fetch = through({ HTTPS_PROXY: (await proxying()).url });
    const message = `The tenant ${new URL(tenant).host} cannot be reached: its certificate is not trusted.`;
    expect(await failureOf(() => fetch(tenant, get))).toMatchObject({ message, sent: false });
  });
});

describe('a failing proxy is told apart from the tenant:', () => {
  it('connection refused', async () => {
    const port = await freePort();
    const fetch = through({ HTTPS_PROXY: `http://ann:a-secret@127.0.0.1:${port}` });
    const error = await failureOf(() => fetch('https://acme.example/', get));
    expect(error).toMatchObject({
      code: 'tenant_unreachable',
      message: `The proxy 127.0.0.1:${port} cannot be used: connection refused.`,
      hint: 'Check HTTPS_PROXY, or bypass the proxy: NO_PROXY=acme.example',
      sent: false,
      broken: false,
    });
  });

  it.each([
    [407, /^Set its user name and password: HTTPS_PROXY=/],
    [403, /^Check HTTPS_PROXY/],
    [502, /^Check HTTPS_PROXY/],
  ])('it answers %i', async (status, hint) => {
    const proxy = await proxying((socket) => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    expect(await failureOf(() => through({ HTTPS_PROXY: proxy.url })('https://acme.example/', get))).toMatchObject({
      code: 'tenant_unreachable',
      message: `The proxy ${new URL(proxy.url).host} did not connect to acme.example: it answered with status ${status}.`,
      hint: expect.stringMatching(hint),
      sent: false,
      broken: false,
    });
    expect(proxy.asked).toEqual(['acme.example:443']);
  });

  it('it closes the connection', async () => {
    const proxy = await proxying((socket) => socket.destroy());
    expect(await failureOf(() => through({ HTTPS_PROXY: proxy.url })('https://acme.example/', get))).toMatchObject({
      message: `The proxy ${new URL(proxy.url).host} cannot be used: the connection was closed.`,
    });
    expect(proxy.asked).toHaveLength(1);
  });

  it('it never answers', async () => {
    const proxy = await proxying(() => {});
    const fetch = through({ HTTPS_PROXY: proxy.url }, { connectMs: 100 });
    expect(await failureOf(() => fetch('https://acme.example/', get))).toMatchObject({
      message: `The proxy ${new URL(proxy.url).host} cannot be used: no connection within 0.1 seconds.`,
    });
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('its address is invalid: %s', async (name) => {
    expect(await failureOf(async () => through({ [name]: '::' }))).toMatchObject({
      code: 'usage',
      message: `${name} is not a valid proxy address.`,
    });
  });
});

describe('an address of a proxy', () => {
  // No host of these may be looked up: it is part of the password.
  it.each([
    'http://bob:p@ss#1@127.0.0.1:3128',
    'http://bob:hunter#22@127.0.0.1:3128',
    'http://bob:1#22@127.0.0.1:3128',
    'http://bob:hunter/22@127.0.0.1:3128',
    'http://bob:1/22@127.0.0.1:3128',
    'http://bob:hunter?22@127.0.0.1:3128',
    'http://bob:1?22@127.0.0.1:3128',
    'http://bob:1\\22@127.0.0.1:3128',
    'http://bob:hunter%22%@127.0.0.1:3128',
    'http://bob:hunter%zz@127.0.0.1:3128',
    'http://bob:hun\tter@127.0.0.1:3128',
    'http://bob:hun ter@127.0.0.1:3128',
    'bob:hunter#22@127.0.0.1:3128',
    'bob:hunter/22@127.0.0.1:3128',
    'http:bob:hunter@127.0.0.1:3128',
    'http://bob:hunter@',
    'http://bob:hunter@:3128',
    'http://bob:hunter@127.0.0.1:99999',
    'http://bob:hunter@127.0.0.1:0',
    'http://bob:hunter@127.0.0.1:3128/path',
    'http://bob:hunter@$PROXY_HOST:3128',
    'http://bob:hunter@$' + '{PROXY_HOST}:3128',
    'http://bob:hunter@"proxy":3128',
    'ftp://bob:hunter@127.0.0.1:3128',
    'file:///hunter',
    '$HTTPS_PROXY',
  ])('that is ambiguous is refused without repeating any of it: %s', async (address) => {
    const error = await failureOf(async () => through({ HTTPS_PROXY: address }));
    expect(error).toMatchObject({ code: 'usage', message: 'HTTPS_PROXY is not a valid proxy address.' });
    expect(error.cause).toBeUndefined();
    expect(`${error.message}${error.hint}`).not.toMatch(/hunter|22|p@ss|bob/);
  });

  it.each(['socks5://127.0.0.1:1080', 'socks5h://bob:hunter#22@127.0.0.1:1080', 'SOCKS4A://p:1', 'socks://p:1'])(
    'of a SOCKS proxy is refused as such: %s',
    async (address) => {
      const error = await failureOf(async () => through({ HTTPS_PROXY: address }));
      expect(error).toMatchObject({
        code: 'usage',
        message: 'HTTPS_PROXY is a SOCKS proxy; only HTTP proxies are supported.',
      });
      expect(`${error.message}${error.hint}`).not.toContain('hunter');
    },
  );

  it.each([
    ['', ''],
    ['ann:a%23%2Fsecret@', 'ann:a#/secret'],
    ['ann:a@secret@', 'ann:a@secret'],
  ])('may lack its scheme, and contain a password escaped as in a URL: %s', async (user, told) => {
    const tenant = await answeringOverTls((_, response) => response.end('here'));
    const proxy = await proxying();
    const address = proxy.url.replace('http://', user);
    expect(await (await through({ HTTPS_PROXY: address }, { caFile: authority() })(tenant, get)).text()).toBe('here');
    expect(proxy.authorizations).toEqual([told === '' ? undefined : `Basic ${Buffer.from(told).toString('base64')}`]);
  });
});
