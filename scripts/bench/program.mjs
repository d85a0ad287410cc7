// Runs the built program, and prints what was measured.
import { execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = join(root, 'bin', 'anon-cli.cjs');

/** An empty home folder, and the environment of a user who has it and nothing else set. */
export function newHome() {
  const folder = mkdtempSync(join(tmpdir(), 'anon-cli-bench-'));
  // NODE_EXTRA_CA_CERTS alone adds 40 ms to every process.
  const { NODE_EXTRA_CA_CERTS, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, ...inherited } = process.env;
  const env = { ...inherited, HOME: folder, USERPROFILE: folder };
  return { folder, env, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Counts rounds, at most `count` of them; on a slow machine it stops after `maxSeconds`, but never before three. */
export function* rounds(count, maxSeconds) {
  const from = performance.now();
  for (let round = 0; round < count && (round < 3 || performance.now() - from < 1000 * maxSeconds); round += 1) {
    yield round;
  }
}

/** The output of a command. */
export function run(env, args) {
  return execFileSync(process.execPath, [bin, ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  }).trim();
}

export function runJson(env, args) {
  return JSON.parse(run(env, [...args, '--json']));
}

/** How long a process of Node.js takes, in milliseconds. */
export function timeOf(args, env, node = process.execPath) {
  const from = performance.now();
  const { status, stderr } = spawnSync(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
  const time = performance.now() - from;
  if (status !== 0) throw new Error(`${args.slice(1, 3).join(' ')} failed with ${status}: ${stderr}`);
  return time;
}

/** Starts `local start`. */
export async function serve(env, args = ['--port', '0']) {
  return started(spawn(process.execPath, [bin, 'local', 'start', ...args, '--json'], { env, stdio: onlyStdout }));
}

const onlyStdout = ['ignore', 'pipe', 'ignore'];

/** Waits until a server has printed its port as JSON. */
export async function started(child) {
  const ended = once(child, 'exit');
  let text = '';
  while (!text.includes('}')) {
    const [data] = await Promise.race([once(child.stdout, 'data'), ended.then(() => [])]);
    if (data === undefined) throw new Error('a server ended before it listened');
    text += String(data);
  }
  return {
    port: JSON.parse(text).port,
    pid: child.pid,
    async stop() {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Runs a file of this folder in a process of its own, and returns the message that it sends. */
export async function inChild(file, argument = {}) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(argument)]);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} ended without a result`);
  });
  const [result] = await Promise.race([once(child, 'message'), ended]);
  await ended.catch(() => {});
  return result;
}

export function median(values) {
  return percentile(values, 50);
}

export function percentile(values, percent) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

export function print(line) {
  process.stdout.write(`${line}\n`);
}

/** Prints one measured value, and its target where it has one. */
export function row(label, value, { unit = '', digits = 0, atMost, atLeast } = {}) {
  const shown = `  ${label.padEnd(42)} ${value.toFixed(digits).padStart(7)}${unit && ` ${unit}`}`;
  const target = atMost ?? atLeast;
  if (target === undefined) return print(shown);
  const isMet = atMost === undefined ? value >= target : value <= target;
  const bound = atMost === undefined ? 'at least' : 'at most';
  return print(`${shown.padEnd(64)} target: ${bound} ${target}${isMet ? '' : ', missed'}`);
}
