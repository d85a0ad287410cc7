import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestLine, requestLines } from '../../../../src/cli/commands/local/request-log.ts';
import { paintFor } from '../../../../src/cli/render/paint.ts';
import { documentNamed, freshMachine, type Machine } from '../../../support/command.ts';
import { unsafe } from '../../../support/screen.ts';

/** Serves the local tenant while `use` sends requests, and returns what it prints on stderr. */
async function whileServed(
  machine: Machine,
  use: (url: string) => Promise<void>,
  ...options: string[]
): Promise<string> {
  const listening = machine.printed('Ctrl-C');
  const serving = machine.run('local', 'start', '--port', '0', ...options);
  await Promise.race([listening, serving]);
  const url = `http://localhost:${await portOf(machine)}`;
  await use(url);
  machine.interrupt();
  return (await serving).stderr;
}

async function portOf(machine: Machine): Promise<string> {
  const { json } = await machine.done('local', 'show', '--json');
  return new URL(json.issuer).port;
}

async function guestToken(url: string, clientId: string, members: object = {}): Promise<void> {
  await fetch(`${url}/anonymous/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: clientId, audience: 'https://api.shop.example', ...members }),
  });
}

describe('local start', () => {
  it('prints a line for each request, and the command that opens a closed gate', async () => {
    const machine = await freshMachine();
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    const printed = await whileServed(machine, async (url) => {
      // A line explains a refusal by the settings at that time, so each is there before these change.
      const closed = machine.printed('app enable');
      await guestToken(url, String(client_id));
      await closed;
      await machine.done('app', 'enable', 'web');
      const notForGuests = machine.printed('api enable');
      await guestToken(url, String(client_id));
      await notForGuests;
      await machine.done('api', 'enable', 'shop', '--scopes', 'read:catalog');
      await guestToken(url, String(client_id), { scope: 'write:cart' });
      await guestToken(url, String(client_id));
      await fetch(`${url}/.well-known/jwks.json?x=y`);
      await fetch(`${url}/health`);
    });
    expect(printed.replace(/anon\|[\da-f-]{36}/, 'anon|…')).toBe(
      'POST    /anonymous/token        403  web  unauthorized_client  → anon-cli app enable web\n' +
        'POST    /anonymous/token        400  web  invalid_target  → anon-cli api enable shop --scopes read:catalog\n' +
        'POST    /anonymous/token        400  web  invalid_scope  → anon-cli api enable shop --scopes write:cart\n' +
        'POST    /anonymous/token        200  web  anon|…  created\n' +
        'GET     /.well-known/jwks.json  200\n' +
        '\nStopped.\n',
    );
  });

  it('prints the command that lets a login or a logout lead to a URL', async () => {
    const machine = await freshMachine();
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    const printed = await whileServed(machine, async (url) => {
      const authorize = `${url}/authorize?client_id=${client_id}&response_type=code&redirect_uri=`;
      await fetch(`${authorize}https://shop.example/`);
      await fetch(`${authorize}javascript:alert(1)`);
      await fetch(`${url}/v2/logout?client_id=${client_id}&returnTo=https://shop.example/`);
      await fetch(`${url}/oidc/logout?client_id=${client_id}&post_logout_redirect_uri=https://shop.example/`);
      await fetch(`${url}/v2/logout?returnTo=https://shop.example/`);
    });
    expect(printed).toBe(
      'GET     /authorize              403  web  unauthorized_client  → anon-cli app callbacks add web https://shop.example/\n' +
        'GET     /authorize              403  web  unauthorized_client\n' +
        'GET     /v2/logout              400  web  invalid_request  → anon-cli app logout-urls add web https://shop.example/\n' +
        'GET     /oidc/logout            400  web  invalid_request  → anon-cli app logout-urls add web https://shop.example/\n' +
        'GET     /v2/logout              400  invalid_request\n' +
        '\nStopped.\n',
    );
  });

  it('gives no command for guests where a login is refused', async () => {
    const machine = await freshMachine();
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    await machine.done('local', 'user', 'add', 'jane@example.com');
    const callback = 'redirect_uri=http://localhost:3000/&response_type=code&audience=https://unknown.example';
    const printed = await whileServed(machine, async (url) => {
      await fetch(`${url}/authorize?client_id=${client_id}&${callback}`, { redirect: 'manual' });
    });
    expect(printed).toBe('GET     /authorize              302  web  access_denied\n\nStopped.\n');
  });

  it('prints no line with --quiet', async () => {
    const machine = await freshMachine();
    const printed = await whileServed(machine, (url) => guestToken(url, 'unknown'), '--quiet');
    expect(printed).toBe('\nStopped.\n');
  });

  it('names the profile in a command when another profile is current', async () => {
    const machine = await freshMachine();
    const profiles = { acme: { domain: 'acme.example' }, local: {} };
    mkdirSync(dirname(machine.profilesPath), { recursive: true, mode: 0o700 });
    writeFileSync(machine.profilesPath, JSON.stringify({ version: 2, current: 'acme', profiles }), { mode: 0o600 });
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    const printed = await whileServed(machine, (url) => guestToken(url, String(client_id)));
    expect(printed).toContain('→ anon-cli app enable web --profile local\n');
  });
});

describe('the line of a request', () => {
  const paint = paintFor(false);

  it('stays on one line and short, whatever was sent', () => {
    const path = `/a\u001b[2Jb\nc/${'x'.repeat(5000)}`;
    const line = requestLine(paint, { method: 'GET', path, status: 404 });
    for (const control of ['\n', '\u001b']) expect(line).not.toContain(control);
    expect(line.length).toBeLessThan(120);
  });

  it('stays on one line and harmless, whatever the names in it', () => {
    const evil = 'a\n::set-output name=a::b\u001b[2J##vso[x]';
    const served = { method: 'GET', path: '/', status: 403, app: evil, guest: evil, refusedOrigin: evil };
    const line = requestLine(paint, served, `anon-cli app enable '${evil}'`);
    expect(line).not.toMatch(unsafe);
    expect(line).not.toContain('##vso[');
    expect(line).toContain("  → anon-cli app enable 'a\\u000a::set-output name=a::b");
  });

  it('names the faults, and has no status where nothing was sent', () => {
    const served = { method: 'POST', path: '/oauth/token', fault: 'latency, reset' };
    expect(requestLine(paint, { ...served, status: 503 })).toBe(
      'POST    /oauth/token            503  fault latency, reset',
    );
    expect(requestLine(paint, { ...served, status: 500, unanswered: true })).toBe(
      'POST    /oauth/token            ---  fault latency, reset',
    );
  });

  it('has the client id of an application without a known name', () => {
    const served = {
      method: 'GET',
      path: '/api/v2/clients',
      status: 200,
      clientId: 'vesWojSWKMaaYcxVL4Pr8ENRZN6PYgAg',
    };
    expect(requestLine(paint, served)).toBe('GET     /api/v2/clients         200  vesWojSWKMaaYcxVL4Pr8ENRZN6PYgAg');
  });
});

describe('the Actions of a request', () => {
  it('print below it, a line each, and say where they failed', () => {
    const lines = requestLines(paintFor(false), {
      ...{ method: 'GET', path: '/authorize', status: 302, app: 'web', guest: 'anon|1', user: 'auth0|7' },
      error: 'access_denied',
      actions: [
        { name: 'merge-cart', level: 'log', text: 'two\nlines' },
        { name: 'merge-cart', level: 'warn', text: `\u001b[2J${'x'.repeat(2000)}` },
        { name: 'merge-cart', level: 'failed', text: 'no (merge-cart.js:12)' },
      ],
    }).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 3)).toEqual([
      'GET     /authorize              302  web  anon|1  auth0|7  access_denied',
      '  merge-cart  two',
      '  merge-cart  lines',
    ]);
    expect(lines[3]?.length).toBeLessThan(1200);
    expect(lines[3]).not.toMatch(unsafe);
    expect(lines[4]).toBe('  merge-cart  failed: no (merge-cart.js:12)');
  });
});
