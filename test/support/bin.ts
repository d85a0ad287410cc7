import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { copyFolder } from './folder.ts';

/** The real program, as npm installs it. */
export const bin = resolve('bin/anon-cli.cjs');

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunOptions {
  /** The content of stdin; without it stdin is `/dev/null`. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The user of the process, if not the test's own; only root can set it. */
  readonly uid?: number | undefined;
  /** The answers, each typed once its question is shown; then stdin ends. */
  readonly dialogue?: readonly (readonly [question: string, answer: string])[];
}

/** An empty home folder, deleted after the test. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'anon-cli-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  return home;
}

/** A home after `commands`, which must succeed and run once for all tests. */
export function homeAfter(...commands: readonly (readonly string[])[]): Promise<string> {
  return preparedHome(JSON.stringify(commands), async (home) => {
    for (const args of commands) {
      const { code, stderr } = await run(home, args);
      if (code !== 0) throw new Error(`${args.join(' ')} failed with ${code}: ${stderr}`);
    }
  });
}

const prepared = new Map<string, Promise<string>>();

/**
 * A copy of the home that `prepare` fills once for all tests, under this name: creating a tenant takes longer than most
 * tests, because of its keys.
 */
export async function preparedHome(name: string, prepare: (home: string) => Promise<void>): Promise<string> {
  const original = prepared.get(name) ?? make(prepare);
  prepared.set(name, original);
  return copyOf(await original);
}

async function make(prepare: (home: string) => Promise<void>): Promise<string> {
  const home = folderOfProcess('anon-cli-prepared-');
  await prepare(home);
  return home;
}

/** A copy of a home folder, deleted after the test. */
export function copyOf(original: string): string {
  const home = newHome();
  copyFolder(original, home);
  return home;
}

/**
 * The environment of a user with the home folder `home` and nothing else set, without a keyring. All homes share the code that
 * the program compiled: compiling and saving it takes as long as many commands. An empty `XDG_CACHE_HOME` gives a home its own.
 * Without `NODE_OPTIONS` of a test, new tenants get stored keys.
 */
export function environment(home: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const usual = { PATH: process.env.PATH, HOME: home, ANON_KEYRING: 'off' };
  return { ...usual, XDG_CACHE_HOME: sharedCache(), NODE_OPTIONS: quickKeys, ...more };
}

const quickKeys = `--require ${resolve('test/support/quick-keys.cjs')}`;
let cache: string | undefined;

function sharedCache(): string {
  cache ??= folderOfProcess('anon-cli-cache-');
  return cache;
}

const foldersOfProcess: string[] = [];

/** An empty folder, deleted when the process ends. */
function folderOfProcess(prefix: string): string {
  if (foldersOfProcess.length === 0) process.once('exit', removeFolders);
  const folder = mkdtempSync(join(tmpdir(), prefix));
  foldersOfProcess.push(folder);
  return folder;
}

function removeFolders(): void {
  for (const folder of foldersOfProcess) rmSync(folder, { recursive: true, force: true });
}

/** Starts the program; the caller waits for it or stops it. */
export function start(home: string, args: readonly string[], { env, input, uid }: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, [uid === undefined ? bin : binForAnybody(), ...args], {
    // Others may not be able to read the file with which the tests hurry.
    env: environment(home, { ...(uid !== undefined && { NODE_OPTIONS: '' }), ...env }),
    stdio: [stdinFor(input), 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
}

let copy: string | undefined;

/** A copy of the program that every user can read: the project's folder may be private to root. */
function binForAnybody(): string {
  if (copy) return copy;
  const folder = folderOfProcess('anon-cli-program-');
  chmodSync(folder, 0o755);
  const packages = ['libsql', '@libsql', '@neon-rs', 'detect-libc'].map((name) => join('node_modules', name));
  for (const path of ['bin', 'dist', 'package.json', ...packages]) {
    cpSync(resolve(path), join(folder, path), { recursive: true, dereference: true });
  }
  copy = join(folder, 'bin', 'anon-cli.cjs');
  return copy;
}

function stdinFor(input: unknown): 'pipe' | 'ignore' {
  return input === undefined ? 'ignore' : 'pipe';
}

/** Runs the program to its end. */
export function run(home: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return ended(start(home, args, options), options.input);
}

/** Runs a shell command line with `anon-cli` on the PATH, as if it were installed. */
export function runShell(home: string, line: string, options: RunOptions = {}): Promise<Run> {
  const folder = join(home, 'bin');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'anon-cli'))) symlinkSync(bin, join(folder, 'anon-cli'));
  const path = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = environment(home, { ...options.env, PATH: path });
  const stdin = stdinFor(options.dialogue ?? options.input);
  const child = spawn('sh', ['-c', line], { env, stdio: [stdin, 'pipe', 'pipe'] });
  if (options.dialogue) answerQuestions(child, [...options.dialogue]);
  return ended(child, options.dialogue ? undefined : options.input);
}

function answerQuestions(child: ChildProcess, rest: (readonly [question: string, answer: string])[]): void {
  let seen = '';
  child.stdout?.on('data', (text: string) => {
    seen += text;
    const [next] = rest;
    if (!next || !seen.includes(next[0])) return;
    rest.shift();
    seen = '';
    child.stdin?.write(next[1]);
    if (rest.length === 0) child.stdin?.end();
  });
}

function ended(child: ChildProcess, input?: string): Promise<Run> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin?.on('error', () => {});
  if (input !== undefined) child.stdin?.end(input);
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => done({ stdout, stderr, code, signal }));
  });
}
