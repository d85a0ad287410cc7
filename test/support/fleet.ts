import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { start } from './bin.ts';

const hook = `--require ${resolve('test/support/kill-at-write.cjs')}`;

/** How the process of an instance ended. */
export interface End {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly stderr: string;
}

/** Instances of `local start` that serve one tenant, each in its own place. */
export interface Fleet {
  /** The addresses of those that listen; waits until one does. */
  listening(): Promise<readonly string[]>;
  /** Starts an instance and resolves once it has ended: killed at a write to a socket, by `kill9`, or at the end. */
  run(place: Place, killAtWrite?: number): Promise<End>;
  /** Resolves once this number of instances listen. */
  haveStarted(count: number): Promise<void>;
}

/** A machine, as it were: a home folder, and how it reaches the database. */
export interface Place {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** An empty fleet, whose instances are stopped after the test. */
export function newFleet(): Fleet {
  const urls = new Set<string>();
  const changed = new EventEmitter();
  const running = new Set<ChildProcess>();
  onTestFinished(() => {
    for (const child of running) child.kill('SIGKILL');
  });
  const haveStarted = async (count: number) => {
    while (urls.size < count) await once(changed, 'started');
  };
  return {
    haveStarted,
    async listening() {
      await haveStarted(1);
      return [...urls];
    },
    async run({ home, env }, killAtWrite) {
      const hooked = killAtWrite && { NODE_OPTIONS: hook, KILL_AT_WRITE: String(killAtWrite) };
      const child = start(home, ['local', 'start', '--domain', 'tenant.test', '--port', '0', '--json'], {
        env: { ...env, ...hooked },
      });
      running.add(child);
      const address = readAddress(child, (url) => {
        urls.add(url);
        changed.emit('started');
      });
      const end = await endOf(child);
      running.delete(child);
      urls.delete(address.url ?? '');
      return end;
    },
  };
}

/** Reads the address that an instance prints once it listens. */
function readAddress(child: ChildProcess, started: (url: string) => void): { url: string | undefined } {
  const read: { url: string | undefined } = { url: undefined };
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (read.url !== undefined || !stdout.includes('}')) return;
    const { url } = JSON.parse(stdout);
    read.url = url;
    started(url);
  });
  return read;
}

async function endOf(child: ChildProcess): Promise<End> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { signal, code, stderr };
}
