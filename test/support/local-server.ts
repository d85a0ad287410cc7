import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { start } from './bin.ts';
import { runHere } from './run-here.ts';

/** A `local start` process. */
export interface Served {
  readonly url: string;
  readonly port: number;
  readonly issuer: string;
  readonly pid: number | undefined;
  /** The output until it listened. */
  readonly stdout: string;
  /** Sends Ctrl-C or another signal; resolves with how the process ended. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; stderr: string }>;
}

/** Serves the local tenant of `home` until the test ends: over plain HTTP on a free port, unless `usual` is set. */
export async function serve(
  home: string,
  args: readonly string[] = [],
  usual: readonly string[] = ['--http', '--port', '0', '--json'],
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = start(home, ['local', 'start', ...usual, ...args], { env });
  const exit = once(child, 'exit');
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const stop = async (signal: NodeJS.Signals = 'SIGINT') => {
    if (child.exitCode === null) child.kill(signal);
    const [code] = await exit;
    return { code, stderr };
  };
  onTestFinished(async () => {
    await stop();
  });
  let stdout = '';
  child.stdout?.setEncoding('utf8');
  const isJson = usual.includes('--json');
  while (!stdout.includes(isJson ? '}' : 'Ctrl-C')) {
    const [text] = await Promise.race([once(child.stdout ?? child, 'data'), exit.then(() => [undefined])]);
    if (text === undefined) throw new Error(`local start ended before it listened: ${stderr}`);
    stdout += text;
  }
  return { ...(isJson ? JSON.parse(stdout) : {}), pid: child.pid, stdout, stop };
}

/** Sends requests for `https://localhost:PORT` over plain HTTP, because the official SDKs only use https. */
export const overHttp: typeof fetch = (input, init) => {
  const toHttp = (url: string) => url.replace(/^https:/, 'http:');
  if (input instanceof Request) return fetch(new Request(toHttp(input.url), input), init);
  return fetch(toHttp(String(input)), init);
};

/** The JSON that a command prints, which runs in the process of the test. */
export async function jsonOf<Shape = Record<string, unknown>>(home: string, args: readonly string[]): Promise<Shape> {
  const { stdout, stderr, code } = await runHere(home, [...args, '--json']);
  if (code !== 0) throw new Error(`${args.join(' ')} failed with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
