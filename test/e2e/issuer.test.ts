import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run } from '../support/bin.ts';
import { freePort } from '../support/free-port.ts';
import { jsonOf, type Served, serve } from '../support/local-server.ts';

const usedHome = () => homeAfter(['quickstart']);

async function accessToken(home: string): Promise<string> {
  return (await run(home, ['token', 'create', '--field', 'access_token'])).stdout.trim();
}

/** An access token that a client got over HTTP. */
async function servedToken(home: string, { url }: Served): Promise<string> {
  const [app] = await jsonOf<{ client_id: string }[]>(home, ['app', 'list']);
  const answer = await fetch(`${url}/anonymous/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: app?.client_id, audience: 'https://api.shop.example' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

describe.each<[string, string[], RegExp]>([
  ['a port', ['--port', 'PORT'], /^https:\/\/localhost:PORT\/$/],
  ['a domain', ['--port', '0', '--domain', 'Guests.example:443'], /^https:\/\/guests\.example\/$/],
])('local start with %s', (_, options, expected) => {
  it('sets the issuer, which every command uses even after the server has stopped', async () => {
    const port = String(await freePort());
    const home = await usedHome();
    const earlier = await accessToken(home);
    const served = await serve(
      home,
      options.map((word) => word.replace('PORT', port)),
    );
    expect(served.issuer).toMatch(new RegExp(expected.source.replace('PORT', port)));
    expect(served).toMatchObject({ issuer_before: 'https://localhost:4400/' });
    const tokens = [await servedToken(home, served), await accessToken(home)];
    await served.stop();

    expect(await jsonOf(home, ['local', 'show'])).toMatchObject({ issuer: served.issuer });
    for (const token of [...tokens, await accessToken(home)]) {
      expect(await jsonOf(home, ['token', 'verify', token])).toMatchObject({
        valid: true,
        claims: { iss: served.issuer },
      });
      expect(await jsonOf(home, ['token', 'decode', token])).toMatchObject({ signature: { state: 'verified' } });
    }
    expect(await jsonOf(home, ['doctor', '--probe'])).toMatchObject({ tenant: { issuer: served.issuer } });
    await jsonOf(home, ['claims', 'set', 'language', 'metadata.language', '--dry-run']);
    // An existing session can be used with the new issuer.
    expect((await run(home, ['token', 'update'])).code).toBe(0);

    const verified = await run(home, ['token', 'verify', earlier]);
    expect(verified).toMatchObject({ code: 3, stdout: expect.stringContaining('https://localhost:4400/; expected ') });
    expect(verified.stderr).toMatch(
      /issued it before its issuer changed\. Get a new token:\s+anon-cli token create\n$/,
    );
    expect(await jsonOf(home, ['token', 'decode', earlier])).toMatchObject({ signature: { state: 'not_checked' } });
  });
});

describe("a state's issuer", () => {
  it('stays the same when the state is served without the option, and after a reset', async () => {
    const home = await usedHome();
    const port = await freePort();
    const first = await serve(home, ['--port', String(port)]);
    await first.stop();
    await run(home, ['local', 'reset', '--yes']);
    const again = await serve(home, [], ['--json']);
    expect(again).toMatchObject({ port, issuer: `https://localhost:${port}/` });
    expect(again).not.toHaveProperty('issuer_before');
  });

  it('contains the port of a domain unless it is 443', async () => {
    const { issuer } = await serve(newHome(), ['--domain', 'guests.example:8443']);
    expect(issuer).toBe('https://guests.example:8443/');
  });

  it('is also changed in the Management API and its grant', async () => {
    const home = await usedHome();
    const { stop, issuer } = await serve(home);
    await stop();
    const { management_client_id } = await jsonOf<{ management_client_id: string }>(home, ['local', 'show']);
    expect(management_client_id).toMatch(/\S{20}/);
    expect((await run(home, ['api', 'create', 'news', '--audience', 'urn:news'])).code).toBe(0);
    expect(issuer).not.toBe('https://localhost:4400/');
  });

  it('is in the tokens that scripts get, also for earlier sessions', async () => {
    const home = await usedHome();
    const setup = ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog,write:cart', '--yes'];
    const { guest_id } = await jsonOf<{ guest_id: string }>(home, ['token', 'get']);
    for (const command of [['token', 'get'], setup, ['token', 'get', '--create']]) {
      const { stop, issuer } = await serve(home, ['--port', String(await freePort())]);
      await stop();
      const { access_token } = await jsonOf<{ access_token: string }>(home, command);
      expect(await jsonOf(home, ['token', 'verify', access_token])).toMatchObject({
        claims: { iss: issuer, sub: guest_id },
      });
      expect(await jsonOf(home, ['token', 'get'])).toMatchObject({ access_token, origin: 'kept' });
      expect(await jsonOf(home, setup)).toMatchObject({ access_token, origin: 'kept' });
    }
  });

  it('is set without a note in a new tenant', async () => {
    const served = await serve(newHome(), ['--port', String(await freePort())]);
    expect(served).not.toHaveProperty('issuer_before');
  });

  it('is reported to people when it has changed', async () => {
    const home = await usedHome();
    const port = await freePort();
    const served = await serve(home, [], ['--port', String(port)]);
    expect(served.stdout).toContain(
      `\nThe issuer is now https://localhost:${port}/ (was https://localhost:4400/), for every command.\n`,
    );
  });

  it('cannot be changed while a server is running, but a second server may use the same', async () => {
    const home = await usedHome();
    const { issuer } = await serve(home);
    const { host } = new URL(issuer);
    const other = await run(home, ['local', 'start', '--port', '0']);
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `error: Another process is serving the local tenant with the issuer ${issuer}.\n`,
      ),
    });
    expect(other.stderr).toContain(`anon-cli local start --port 0 --domain ${host}`);
    expect(await jsonOf(home, ['local', 'show'])).toMatchObject({ issuer });
    const second = await serve(home, ['--domain', host]);
    expect(second).toMatchObject({ issuer });
    expect(second).not.toHaveProperty('issuer_before');
  });

  it.each([
    ['--domain', 'http://localhost:4400', '--domain needs a host name'],
    ['--domain', 'guests.example/path', 'give only the host'],
    ['--domain', '', 'Invalid tenant domain'],
  ])('cannot be %s %j', async (option, value, words) => {
    const { code, stderr } = await run(newHome(), ['local', 'start', option, value]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
  });
});
