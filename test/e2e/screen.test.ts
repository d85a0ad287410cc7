import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run, runShell } from '../support/bin.ts';
import { answering } from '../support/http-server.ts';
import { expectFitting } from '../support/line-width.ts';
import { runHere } from '../support/run-here.ts';
import { atTerminalOf, keys } from '../support/terminal-session.ts';

/** A home with two applications, one with wide characters in its name, two APIs and a session. */
function furnishedHome(): Promise<string> {
  return homeAfter(
    ['quickstart'],
    ['app', 'create', 'ショッピング モール 🛒'],
    ['api', 'create', 'the shop of the north', '--audience', 'https://north.shop.example', '--scopes', 'a:b,c:d,e:f'],
  );
}

const commands = [
  ['app', 'list'],
  ['api', 'list'],
  ['session', 'list'],
  ['profile', 'list'],
  ['session', 'show'],
  ['status'],
  ['doctor'],
  ['doctor', '--matrix', '--all'],
  ['app', 'show', 'nobody-of-that-name'],
  ['token', 'create', '--app', 'ショッピング モール 🛒'],
  ['app', 'enable', 'web', '--dry-run'],
  ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes'],
];

describe('a terminal', () => {
  it.each([40, 57, 80, 120, 200])(
    'with %i columns shows whole words in lines that fit',
    { timeout: 60_000 },
    async (columns) => {
      const home = await furnishedHome();
      const clientId = (await runHere(home, ['app', 'show', 'web', '--field', 'client_id'])).stdout.trim();
      for (const args of commands) {
        const person = atTerminalOf(columns, home, args);
        await person.ended;
        const whole = args.join(' ') === 'app list' ? [clientId, 'ショッピング'] : [];
        expectFitting(person.shown.replaceAll('\r', ''), columns, whole);
      }
    },
  );
});

/** A tenant that does not respond until the test does it. */
async function slowTenant(home: string) {
  const waiting: ServerResponse[] = [];
  const url = await answering((_request, response) => void waiting.push(response));
  const { code } = await run(home, ['login', 'slow', '--no-check', '--domain', url, '--app', 'a', '--api', 'b']);
  expect(code).toBe(0);
  return { waiting, host: new URL(url).host };
}

const creation = ['token', 'create', '--app', 'a', '--api', 'b'];

describe('waiting on a terminal', () => {
  it('shows the reason, and erases it at the end', { timeout: 30_000 }, async () => {
    const home = newHome();
    const { waiting, host } = await slowTenant(home);
    const person = atTerminalOf(80, home, creation);
    await person.sees(`Waiting for ${host}`);
    for (const response of waiting) response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
    expect(await person.ended).not.toBe(0);
    // The line is erased before the error is printed.
    expect(person.raw).toMatch(/\r\p{Cc}\[2K[^\r]*error:/u);
    expect(person.raw).not.toContain('\u001b[?25l');
  });

  it('ends with Ctrl-C, and erases the reason', { timeout: 30_000 }, async () => {
    const home = newHome();
    const { host } = await slowTenant(home);
    const person = atTerminalOf(80, home, creation);
    await person.sees(`Waiting for ${host}`);
    person.types(keys.interrupt);
    expect(await person.ended).toBe(130);
    expect(person.raw).toMatch(/\r\p{Cc}\[2K[^\r]*error:[^\r]* Interrupted\./u);
  });

  it.each([
    ['with --json', [...creation, '--json'], {}],
    ['in CI', creation, { CI: 'true' }],
    ['with --debug', [...creation, '--debug'], {}],
  ])('shows nothing %s, and ends with --timeout', { timeout: 30_000 }, async (_how, args, env) => {
    const home = newHome();
    await slowTenant(home);
    const person = atTerminalOf(80, home, [...args, '--timeout', '1s'], env);
    expect(await person.ended).toBe(6);
    expect(person.shown).toContain('did not answer within 1 second');
    expect(person.shown).not.toContain('Waiting');
  });
});

describe('stderr with --json', () => {
  it('is one object on a terminal too, without a question', { timeout: 30_000 }, async () => {
    const home = newHome();
    for (const args of ['setup --json', 'setup --format json', 'login --json', 'local reset --json']) {
      const { stdout } = await runShell(home, `TERM=xterm script -qec "anon-cli ${args} >/dev/null" /dev/null`);
      expect(JSON.parse(stdout), args).toMatchObject({ error: { code: 'usage', exit_code: 2 } });
    }
  });

  it('includes warnings from Node.js', async () => {
    const home = newHome();
    const env = { NODE_OPTIONS: `--require ${process.cwd()}/test/support/warning.cjs` };
    const done = await run(home, ['app', 'list', '--json'], { env });
    expect(JSON.parse(done.stderr)).toEqual({ warnings: ['Node.js: ExampleWarning: Mind the gap.'] });
    const failed = await run(home, ['app', 'show', 'nobody', '--json'], { env });
    expect(JSON.parse(failed.stderr)).toMatchObject({
      error: { code: 'not_found' },
      warnings: ['Node.js: ExampleWarning: Mind the gap.'],
    });
    expect((await run(home, ['app', 'list'], { env })).stderr).toContain('ExampleWarning: Mind the gap.');
  });
});

describe('a question on a narrow terminal', () => {
  it('wraps between words, as do its choices and answers', { timeout: 30_000 }, async () => {
    const person = atTerminalOf(40, newHome(), ['login']);
    await person.sees('auth0.com) ‣');
    person.types('tenant-of-a-long-name.eu.auth0.com', keys.enter);
    await person.sees('enter to select');
    person.types(keys.down, keys.enter);
    await person.sees('Client ID');
    person.types('tool', keys.enter);
    await person.sees('or JWK) ‣');
    person.types(keys.interrupt);
    expect(await person.ended).toBe(130);
    const shown = person.shown.replaceAll(/ *\r/g, '');
    expect(shown).toContain(
      '✔ Domain of your tenant\n  (example:\n  acme.eu.auth0.com) ·\n  tenant-of-a-long-name.eu.auth0.com\n? How do you sign in to\n',
    );
    expect(shown).toContain('\n❯ client id and secret of an\n  application\n  client id and private key');
    expect(shown).toContain('the Management API? ·\n  client id and private key of an\n  application\n? Client ID ‣');
  });
});

describe('help on a narrow terminal', () => {
  it.each([40, 57])('fits %i columns, and is the same at 80 as in a pipe', { timeout: 60_000 }, async (columns) => {
    const home = newHome();
    for (const args of [['--help'], ['setup', '--help'], ['token', 'verify', '--help'], ['app', '--help']]) {
      const person = atTerminalOf(columns, home, args);
      expect(await person.ended).toBe(0);
      expectFitting(person.shown, columns);
      const wide = atTerminalOf(80, home, args);
      expect(await wide.ended).toBe(0);
      const { stdout } = await run(home, args);
      expect(wide.shown.replaceAll('\r', '')).toBe(stdout);
      // Every word is complete.
      expect(person.shown.replaceAll(/\s+(?:\\\s+)?/g, ' ')).toBe(stdout.replaceAll(/\s+/g, ' '));
    }
  });
});
