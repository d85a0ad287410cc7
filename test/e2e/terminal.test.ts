import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run, runShell } from '../support/bin.ts';

const colour = '\u001b[';

describe('colours', () => {
  it.each([
    ['a pipe', {}, false],
    ['a pipe and FORCE_COLOR=1', { FORCE_COLOR: '1' }, true],
    ['a pipe and FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['NO_COLOR=1', { NO_COLOR: '1' }, false],
    ['FORCE_COLOR=1 and NO_COLOR=1', { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('with %s: %j, %s', async (_where, env, coloured) => {
    const home = await homeAfter(['tenant', 'show']);
    const { stdout } = await run(home, ['tenant', 'show'], { env });
    expect(stdout.includes(colour)).toBe(coloured);
    const { stderr } = await run(home, ['app', 'show', 'nobody'], { env });
    expect(stderr.includes(colour)).toBe(coloured);
    const help = await run(home, ['--help'], { env });
    expect(help.stdout.includes(colour)).toBe(coloured);
    const json = await run(home, ['tenant', 'show', '--json'], { env });
    expect(json.stdout).not.toContain(colour);
  });

  it.each([
    ['without other settings', '', true],
    ['unless NO_COLOR is set', 'NO_COLOR=1 ', false],
    ['unless TERM=dumb', 'TERM=dumb ', false],
  ])('are used on a terminal %s', async (_what, env, coloured) => {
    const home = await homeAfter(['tenant', 'show']);
    // script(1) runs its command on a terminal.
    const line = `TERM=xterm script -qec "${env}anon-cli tenant show" /dev/null </dev/null`;
    const { stdout, code } = await runShell(home, line);
    expect(code).toBe(0);
    expect(stdout).toContain('session lifetime');
    expect(stdout.includes(colour)).toBe(coloured);
  });
});

describe('colours of a question', () => {
  const painted = '\u001b[1m';

  it.each([
    ['are used', '', true],
    ['are not used with NO_COLOR', 'NO_COLOR=1 ', false],
    ['are not used with TERM=dumb', 'TERM=dumb ', false],
  ])('%s', async (_what, env, coloured) => {
    const home = await homeAfter(['tenant', 'show']);
    for (const [command, question] of [
      ['local reset', 'Delete the local tenant'],
      ['setup --origin http://localhost:3000', 'Which scopes should guests'],
    ] as const) {
      const line = `TERM=xterm script -qec "${env}anon-cli ${command}" /dev/null`;
      const { stdout } = await runShell(home, line, { dialogue: [[question, '\u0003']] });
      expect(stdout).toContain('Interrupted.');
      expect(stdout.includes(painted), command).toBe(coloured);
    }
  });
});

describe('a pipe closed by its reader', () => {
  it('ends every command without a message', async () => {
    const home = await homeAfter(['quickstart']);
    for (const command of ['--help', 'token create', 'token create --json', 'app list', 'quickstart', 'token decode']) {
      const results = await Promise.all(
        ['head -1', 'true'].map((reader) => runShell(home, `anon-cli ${command} | ${reader}`)),
      );
      for (const { stderr, code } of results)
        expect({ command, stderr, code }).toEqual({ command, stderr: '', code: 0 });
    }
  });

  it('does not prevent a command from finishing its work', async () => {
    const home = newHome();
    await runShell(home, 'anon-cli quickstart | true');
    expect((await run(home, ['token', 'update', '--meta', 'a=1'])).code).toBe(0);
  });
});

describe('stdin', () => {
  const creation = 'token create --meta note=- --field decoded.session_token.claims.metadata';

  it('is UTF-8, with or without a byte order mark', async () => {
    const home = await homeAfter(['quickstart']);
    const marked = await runShell(home, `printf '\\357\\273\\277Z\\303\\266e' | anon-cli ${creation}`);
    expect(marked.stdout).toBe('{"note":"Zöe"}\n');
    expect(await runShell(home, `printf 'Zo\\353' | anon-cli ${creation}`)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: stdin cannot be read: it is not UTF-8 text.\n',
    });
  });
});

describe('a result', () => {
  it("larger than a pipe's buffer arrives complete", async () => {
    const home = newHome();
    const claims = { text: 'x'.repeat(300_000) };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg: 'none' })}.${part(claims)}.`;
    const command = ['token', 'decode', '-', '--json'];
    for (const { stdout, code } of [
      await run(home, command, { input }),
      await runShell(home, `anon-cli ${command.join(' ')} | cat`, { input }),
    ]) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout).claims).toEqual(claims);
    }
  });

  it('that cannot be written is an error', async () => {
    const home = newHome();
    for (const command of ['tenant show', 'app list --format ndjson', 'local start --port 0']) {
      const { code, stderr } = await runShell(home, `anon-cli ${command} >/dev/full`);
      expect(code, command).toBe(1);
      expect(stderr).toContain('The result cannot be written: no space left on the disk.');
      expect(stderr.trimEnd()).not.toContain('\n');
    }
  });

  it('with --count that cannot be written is an error too', async () => {
    const home = await homeAfter(['quickstart']);
    const { code, stderr } = await runShell(home, 'anon-cli token create --count 3 >/dev/full');
    expect(code).toBe(1);
    expect(stderr).toContain('error: The result cannot be written: no space left on the disk.');
  });

  it('keeps its exit code when the error cannot be written either', async () => {
    const home = newHome();
    expect((await runShell(home, 'anon-cli tokn create 2>/dev/full')).code).toBe(2);
  });
});

describe('local reset', () => {
  it('asks for confirmation on a terminal, and does nothing when the answer is no', async () => {
    const home = await homeAfter(['quickstart']);
    const { stdout } = await runShell(home, 'TERM=xterm script -qec "anon-cli local reset; echo code=\\$?" /dev/null', {
      input: 'n\n',
    });
    expect(stdout).toContain("Delete the local tenant's applications, APIs, users and keys?");
    expect(stdout).toContain('code=1');
    expect((await run(home, ['app', 'list', '--field', '0.enabled'])).stdout).toBe('true\n');
  });
});

describe('login', () => {
  /** Types each answer once its question is on the screen. */
  async function typed(home: string, dialogue: readonly (readonly [question: string, answer: string])[]) {
    const line = "TERM=xterm script -qec 'anon-cli login; echo code=$?' /dev/null";
    return runShell(home, line, { dialogue });
  }
  const domain = ['Domain of your tenant', 'localhost:1\r'] as const;
  const down = '\u001b[B';

  it('asks on a terminal, without echoing secrets', async () => {
    const { stdout } = await typed(newHome(), [
      domain,
      ['How do you sign in', down],
      ['❯', `${down}\r`],
      ['Access token (hidden)', 'the-token-that-is-typed\r'],
    ]);
    expect(stdout).not.toContain('the-token-that-is-typed');
    // No tenant is served at this address.
    expect(stdout).toContain('code=6');
  });

  it('is interrupted when the terminal closes', async () => {
    const line = "TERM=xterm script -qec 'anon-cli login; echo code=$?' /dev/null";
    const { stdout } = await runShell(newHome(), line, { input: 'localhost:1\n' });
    expect(stdout).toContain('code=130');
  });
});

describe('invalid input', () => {
  it.each([['token', 'decode', 'garbage'], ['tokn'], ['tenant', 'show', '--profile', 'nobody'], ['--field']])(
    'on the command line is a one-line error without a stack trace: %s %s',
    async (...argv) => {
      const { code, stdout, stderr } = await run(
        newHome(),
        argv.filter((word) => word !== undefined),
      );
      expect(code).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^error: .*\n(hint: .*\n)?$/);
    },
  );
});
