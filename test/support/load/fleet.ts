import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { start } from '../bin.ts';

/** How many requests may be sent while an instance starts: the start needs the machine too. */
const requestsPerStart = 15;

const hook = `--require ${resolve('test/support/kill-at-write.cjs')}`;

/** A machine, as it were: a home folder, and how it reaches the database. */
export interface Place {
  readonly home: string;
  readonly database: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How the process of an instance ended. */
export interface End {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly stderr: string;
}

export interface Instance {
  /** Its address, once it listens; undefined where it ends before. */
  readonly url: Promise<string | undefined>;
  readonly ended: Promise<End>;
  kill9(): void;
}

/** Instances of `local start` that serve one tenant behind a round-robin. */
export interface Fleet {
  /** Starts an instance. It kills itself just before its write number `killAtWrite` to a socket. */
  start(place: Place, killAtWrite?: number): Instance;
  /** The address of the next instance that listens, in turn. @throws where an instance has ended that nobody killed */
  next(): Promise<string>;
  /** The addresses of those that listen, once there are this many. @throws as {@link next} */
  listening(count: number): Promise<readonly string[]>;
  /** Asks every instance to end. */
  stop(): Promise<readonly End[]>;
}

export function newFleet(): Fleet {
  const running = new Map<ChildProcess, { url?: string; ended: Promise<End> }>();
  const changes = new EventEmitter();
  let failure: Error | undefined;
  let isStopping = false;
  let turn = 0;
  let sentInStart = 0;
  onTestFinished(() => {
    isStopping = true;
    for (const child of running.keys()) child.kill('SIGKILL');
  });
  const urls = () => [...running.values()].flatMap(({ url }) => url ?? []);
  const listening = async (count: number) => {
    while (!failure && urls().length < count) await once(changes, 'change');
    if (failure) throw failure;
    return urls();
  };
  return {
    listening,
    start(place, killAtWrite) {
      sentInStart = 0;
      const child = startInstance(place, killAtWrite);
      const ended = endOf(child).then((end) => {
        running.delete(child);
        if (end.signal !== 'SIGKILL' && !isStopping) failure = unexpected(end);
        changes.emit('change');
        return end;
      });
      const url = Promise.race([addressOf(child), ended.then(() => undefined)]);
      const instance: { url?: string; ended: Promise<End> } = { ended };
      running.set(child, instance);
      void url.then((found) => {
        if (found !== undefined) instance.url = found;
        changes.emit('change');
      });
      return { url, ended, kill9: () => void child.kill('SIGKILL') };
    },
    async next() {
      const isBusy = () => running.size > urls().length && sentInStart >= requestsPerStart;
      while (!failure && isBusy()) await once(changes, 'change');
      sentInStart += 1;
      const all = await listening(1);
      turn += 1;
      return all[turn % all.length] ?? '';
    },
    stop() {
      isStopping = true;
      const ends = [...running.values()].map(({ ended }) => ended);
      for (const child of running.keys()) child.kill('SIGINT');
      return Promise.all(ends);
    },
  };
}

function startInstance({ home, database, env }: Place, killAtWrite: number | undefined): ChildProcess {
  const hooked = killAtWrite !== undefined && { NODE_OPTIONS: hook, KILL_AT_WRITE: String(killAtWrite) };
  const args = ['local', 'start', '--http', '--database', database, '--domain', 'tenant.test', '--port', '0', '--json'];
  return start(home, args, { env: { ...env, ...hooked } });
}

/** The address that an instance prints once it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((found) => {
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('}')) found(JSON.parse(stdout).url);
    });
  });
}

async function endOf(child: ChildProcess): Promise<End> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { signal, code, stderr };
}

function unexpected({ code, signal, stderr }: End): Error {
  return new Error(`local start ended with ${signal ?? code}, and nobody killed it: ${stderr}`);
}
