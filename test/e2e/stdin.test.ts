import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdirSync, openSync, write, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bin, environment, homeAfter, newHome, type Run, run, runShell } from '../support/bin.ts';
import { runHere } from '../support/run-here.ts';

/** A token that can be told apart from the saved one. */
const token = `eyJhbGciOiJub25lIn0.${Buffer.from('{"sub":"somebody-else"}').toString('base64url')}.`;

/** A home with a saved session, whose token would verify if it were used by mistake. */
async function homeWithSession(): Promise<string> {
  const home = await homeAfter(['quickstart']);
  return home;
}

/** Every command that can read a token from stdin. */
const takers = [
  ['token', 'verify'],
  ['token', 'verify', '-'],
  ['token', 'decode'],
  ['token', 'decode', '-'],
  ['token', 'diff', '-'],
  ['session', 'import'],
  ['session', 'import', '-'],
  ['token', 'update', '--session-token', '-'],
  ['token', 'transfer', '--session-token', '-'],
  ['login', 'acme', '--domain', 'acme.example', '--no-check', '--access-token', '-'],
];

const decode = ['token', 'decode', '--field', 'claims.sub'];

function ended(child: ChildProcess): Promise<Run> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done) => child.once('close', (code, signal) => done({ stdout, stderr, code, signal })));
}

describe('an empty stdin after the producer failed', () => {
  it('fails with exit code 3 for a pipe, a socket or a file, and never falls back to the saved session', async () => {
    const home = await homeWithSession();
    writeFileSync(join(home, 'empty'), '');
    // What stdin is does not depend on the command: a process for each kind, and every command in this one.
    const ofEachKind = async (taker: readonly string[]) => {
      const line = `anon-cli ${taker.join(' ')}`;
      return [
        await runShell(home, `false | ${line}`),
        await runShell(home, `printf '\\357\\273\\277 \\r\\n' | ${line}`),
        await runShell(home, `${line} < "$HOME/empty"`),
        await run(home, taker, { input: '' }),
      ];
    };
    for (const [nth, taker] of takers.entries()) {
      const line = taker.join(' ');
      const runs = [await runHere(home, taker, { input: '' }), ...(nth === 0 ? await ofEachKind(taker) : [])];
      for (const { code, stderr } of runs) {
        expect({ line, code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('stdin is empty') });
      }
    }
  });

  it('fails with exit code 2 for other values, and the error names the option', async () => {
    const home = await homeWithSession();
    for (const [flag, args] of [
      ['--client-secret', ['token', 'create', '--client-secret', '-']],
      ['--meta-file', ['token', 'create', '--meta-file', '-']],
      ['--client-secret', ['login', 'a', '--domain', 'a.example', '--client-id', 'a', '--client-secret', '-']],
    ] as const) {
      expect(await run(home, args, { input: '\n' })).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(`^error: stdin is empty.* ${flag}`),
      });
    }
  });
});

describe('the saved session', () => {
  it.each(['< /dev/null', '<&-', '<&- >&- 2>&-'])('is used without a stdin: %s', async (redirection) => {
    const home = await homeWithSession();
    expect((await runShell(home, `anon-cli token verify ${redirection}`)).code).toBe(0);
  });

  it('is used on a terminal', async () => {
    const home = await homeWithSession();
    const line = 'script -qec "anon-cli token verify > /dev/null; echo code=\\$?" /dev/null < /dev/null';
    expect((await runShell(home, line)).stdout).toContain('code=0');
  });
});

describe('a terminal without input', () => {
  it.each([
    'token decode @/dev/stdin',
    'token verify @/dev/tty',
    'session import /dev/fd/0',
    `token verify ${token} --jwks /dev/stdin`,
    'token create --meta note=@/dev/tty',
    'login acme --domain acme.example --client-id x --private-key /dev/stdin',
  ])('is not waited for under any name: %s', async (line) => {
    const command = `CI=true anon-cli ${line} 2>&1 | tr -s '[:space:]' ' '`;
    const { stdout } = await runShell(newHome(), `script -qec "${command}" /dev/null < /dev/null`);
    expect(stdout).toContain('cannot be read: it is a terminal, and CI disables input from it.');
  });

  it('is not read as the file of --ca-file', async () => {
    const env = 'CI=true AUTH0_DOMAIN=acme.example';
    const command = `${env} anon-cli token create --app x --api y --ca-file /dev/stdin 2>&1 | tr -s '[:space:]' ' '`;
    const { stdout } = await runShell(newHome(), `script -qec "${command}" /dev/null < /dev/null`);
    expect(stdout).toContain('The certificate file /dev/stdin cannot be read: it is a terminal, and CI disables');
  });
});

describe('a stdin with a token', () => {
  it('is read as any type of file', async () => {
    const home = newHome();
    writeFileSync(join(home, 'token'), token);
    const printed = [
      // Node.js gives a child process a socket as stdin.
      (await run(home, decode, { input: token })).stdout,
      (await run(home, ['token', 'decode', '@/dev/stdin', '--field', 'claims.sub'], { input: token })).stdout,
      (await runShell(home, `cat "$HOME/token" | anon-cli ${decode.join(' ')}`)).stdout,
      (await runShell(home, `anon-cli ${decode.join(' ')} < "$HOME/token"`)).stdout,
      (
        await runShell(
          home,
          `mkfifo "$HOME/p"; cat "$HOME/token" > "$HOME/p" & anon-cli ${decode.join(' ')} < "$HOME/p"`,
        )
      ).stdout,
      await throughTcp(home),
    ];
    expect(printed).toEqual(printed.map(() => 'somebody-else\n'));
  });

  it('is waited for when it is non-blocking and its writer is late', async () => {
    const home = newHome();
    const { child, writer } = nonBlocking(home, decode);
    const ran = ended(child);
    // More than a pipe's buffer: once it is written, the program has started to read and will find the pipe empty.
    await promisify(write)(writer, ' '.repeat(200_000));
    await promisify(write)(writer, token);
    closeSync(writer);
    expect(await ran).toMatchObject({ code: 0, stdout: 'somebody-else\n', stderr: '' });
  });

  it('is waited for until Ctrl-C', async () => {
    const home = newHome();
    const { child, writer } = nonBlocking(home, decode);
    const ran = ended(child);
    await promisify(write)(writer, ' '.repeat(200_000));
    child.kill('SIGINT');
    expect(await ran).toMatchObject({ code: 130, stdout: '', stderr: 'error: Interrupted.\n' });
    closeSync(writer);
  });
});

describe('an unreadable stdin', () => {
  it.each(takers)('is a clear error if stdin is a folder: %s %s %s %s', async (...words) => {
    const home = newHome();
    mkdirSync(join(home, 'folder'));
    const args = words.filter((word) => word !== undefined).join(' ');
    expect(await runShell(home, `anon-cli ${args} < "$HOME/folder"`)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: stdin is a folder, not a file.\nhint:  Redirect a file instead: < <file>\n',
    });
  });

  it('is a clear error if stdin is open only for writing', async () => {
    const home = newHome();
    expect(await runShell(home, 'anon-cli token decode - 0> "$HOME/out"')).toMatchObject({
      code: 2,
      stderr: 'error: stdin cannot be read: it is not open for reading.\n',
    });
  });
});

describe('an input that never ends', () => {
  it.each([
    ['yes | anon-cli token decode', 'stdin'],
    ['anon-cli token verify - < /dev/zero', 'stdin'],
    ['yes | anon-cli session import', 'stdin'],
    ['yes | anon-cli token update --session-token -', 'stdin'],
    ['yes | anon-cli token create --client-secret -', 'stdin'],
    ['yes | anon-cli token create --meta-file -', 'stdin'],
    ['yes | anon-cli token create --meta note=-', 'stdin'],
    ['anon-cli token decode @/dev/zero', '/dev/zero'],
    ['anon-cli token decode "$TOKEN" --key /dev/zero', '/dev/zero'],
    ['anon-cli token verify x --jwks /dev/zero', '/dev/zero'],
    ['anon-cli token update --session-token @/dev/zero', '/dev/zero'],
    ['anon-cli token create --meta-file /dev/zero', '/dev/zero'],
    ['anon-cli token create --meta note=@/dev/zero', '@…'],
    ['anon-cli session import /dev/zero', '/dev/zero'],
    ['anon-cli tenant show --profile far --ca-file /dev/zero', '/dev/zero'],
  ])('is cut off at 16 MB: %s', async (line, source) => {
    const home = newHome();
    await run(home, ['login', 'far', '--domain', 'far.example', '--no-check']);
    await run(home, ['profile', 'use', 'local']);
    expect(await runShell(home, line, { env: { TOKEN: token } })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`${source} cannot be read: it is larger than 16 MB.`),
    });
  });

  it('is refused for --count, which reads the lines twice', async () => {
    const home = newHome();
    expect(await run(home, ['token', 'create', '--count', 'all', '--meta-file', '/dev/zero'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/dev/zero cannot be read: it is not a regular file'),
    });
  });
});

/** Runs the program with a non-blocking pipe as stdin, as some parent processes leave it. */
function nonBlocking(home: string, args: readonly string[]): { child: ChildProcess; writer: number } {
  const path = join(home, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, 'w');
  // Node.js makes descriptors 0 to 2 of a child blocking, so the pipe is passed as 3 and a shell moves it to 0.
  const child = spawn('sh', ['-c', 'exec "$@" <&3 3<&-', 'sh', process.execPath, bin, ...args], {
    env: environment(home),
    stdio: ['ignore', 'pipe', 'pipe', reader],
  });
  closeSync(reader);
  return { child, writer };
}

/** The output of decoding a token that a client sends through a TCP socket. */
async function throughTcp(home: string): Promise<string> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  const [socket] = await once(server, 'connection');
  const child = spawn(process.execPath, [bin, ...decode], {
    env: environment(home),
    stdio: [socket, 'pipe', 'pipe'],
  });
  const ran = ended(child);
  client.end(token);
  const { stdout } = await ran;
  socket.destroy();
  server.close();
  return stdout;
}
