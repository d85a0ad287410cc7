// Runs a PostgreSQL server for the process that started this one, and ends with it, however it ends: stdin is a
// pipe from it. Without this, a test run that is killed would leave its servers and their data.
//
// Reads commands, one a line: {"command": "start", "program": …}, and kill, freeze, thaw. Answers each with a line of
// JSON: {}, or {"failed": why}.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const { folder, uid, gid } = JSON.parse(process.argv[2]);
const mostWaitMs = 15_000;
let server;
let ended = Promise.resolve();

async function start({ program }) {
  const giveUpAt = performance.now() + mostWaitMs;
  for (;;) {
    const failure = await startOnce(program);
    // The processes of a killed server need a moment to notice.
    if (!/shared memory block|lock file/.test(failure ?? '') || performance.now() > giveUpAt) return failure;
    await wait(20);
  }
}

async function startOnce(program) {
  const child = spawn(program, ['-D', join(folder, 'data')], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    ...(uid !== undefined && { uid, gid }),
  });
  server = child;
  let log = '';
  const ready = new Promise((done) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log = `${log}${text}`.slice(-2_000);
      if (/ready to accept (read-only )?connections/.test(log)) done();
    });
  });
  ended = Promise.race([once(child, 'exit'), once(child, 'error')]).then(([problem]) => {
    if (server === child) server = undefined;
    return problem instanceof Error ? problem.message : log;
  });
  return Promise.race([ready, ended]);
}

/** As when the machine runs out of memory: no process of the server can clean up. */
async function kill() {
  signalAll('SIGKILL');
  await ended;
}

/** As when its machine can no longer be reached: connections stay open, and nothing answers. */
const freeze = () => signalAll('SIGSTOP');
const thaw = () => signalAll('SIGCONT');

function signalAll(name) {
  const children = childrenOf(server.pid);
  server.kill(name);
  for (const child of children) signal(child, name);
}

function childrenOf(pid) {
  try {
    return numbersIn(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
  } catch {
    // Not on Linux, where there may be no ps.
    const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).split('\n');
    return lines.map(numbersIn).flatMap(([parent, child]) => (parent === pid ? child : []));
  }
}

function numbersIn(text) {
  return (text.match(/\d+/g) ?? []).map(Number);
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

const commands = { start, kill, freeze, thaw };
process.stdout.on('error', () => {});
// Ctrl-C in the terminal: the end of stdin follows.
process.on('SIGINT', () => {});
for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  const isDone = (command === 'start') === (server !== undefined);
  const failed = isDone ? undefined : await commands[command](rest);
  process.stdout.write(`${JSON.stringify({ failed })}\n`);
}
if (server) thaw();
server?.kill('SIGQUIT');
await ended;
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
