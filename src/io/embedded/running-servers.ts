import { join } from 'node:path';
import * as v from 'valibot';
import { AnonError } from '../../errors.ts';
import { writeFileSync } from '../files/atomic-write.ts';
import { codeOf, fileFailure, namesIn, privateFolder, readIfExists, removeFile } from '../files/files.ts';
import { type HeldLock, holdIfFree, holdLock, isHeld } from '../files/lock.ts';

const runningServer = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  url: v.string(),
  port: v.number(),
  issuer: v.string(),
  edition: v.string(),
  /** The file with its state, or null. */
  state: v.nullable(v.string()),
  /** The database with its state, without a password, or null. */
  database: v.nullable(v.string()),
  /** It was started with `--detach`. */
  detached: v.boolean(),
  /** Milliseconds since 1970. */
  startedAt: v.number(),
});

/** A server of the local tenant in another process of this user. */
export type RunningServer = v.InferOutput<typeof runningServer>;

export interface RunningServers {
  /** Records the server of this process until `remove`, or until the process ends. @throws {AnonError} `state_unusable` */
  record(server: Omit<RunningServer, 'pid'>): { remove(): void };
  /** Those that run, in the order in which they were started. @throws {AnonError} `state_unusable` */
  list(): readonly RunningServer[];
  /** Asks a server to end, and waits until it has. @throws {AnonError} `failed` where it does not */
  stop(server: RunningServer): Promise<void>;
}

interface Ports {
  readonly folder: string;
  readonly clock: { wait: (ms: number) => Promise<void>; now: () => number };
}

/** Requests in progress have a second to finish. */
const longestStopMs = 10_000;
const pauseMs = 20;

/**
 * The servers of this user, each with a file that says where it listens and a lock that it holds. The system frees the lock when
 * its process ends, so a process that was given the same number later is never taken for it.
 */
export function runningServers({ folder, clock }: Ports): RunningServers {
  const lockOf = ({ pid }: { readonly pid: number }) => join(folder, `${pid}.lock`);
  const recordOf = ({ pid }: { readonly pid: number }) => join(folder, `${pid}.json`);
  const stoppingOf = ({ pid }: { readonly pid: number }) => join(folder, `${pid}.stopping`);
  const remove = (ended: { readonly pid: number }) => {
    removeFile(recordOf(ended));
    removeFile(lockOf(ended));
  };
  return {
    record(server) {
      const recorded = { pid: process.pid, ...server };
      privateFolder(folder);
      const lock = holdLock(lockOf(recorded));
      const end = () => {
        lock.release();
        remove(recorded);
      };
      try {
        write(recordOf(recorded), JSON.stringify(recorded));
      } catch (error) {
        end();
        throw error;
      }
      return { remove: end };
    },
    list() {
      const running: RunningServer[] = [];
      for (const pid of processIds(folder)) {
        const found = isHeld(lockOf({ pid })) ? readServer(recordOf({ pid })) : remove({ pid });
        if (found?.pid === pid) running.push(found);
      }
      return running.sort((one, other) => one.startedAt - other.startedAt);
    },
    async stop(server) {
      const until = clock.now() + longestStopMs;
      // A second signal would end the server at once, in the middle of a request: of several commands only one sends it.
      let asked: HeldLock | undefined;
      try {
        while (isHeld(lockOf(server))) {
          if (clock.now() > until) throw new AnonError('failed', `Process ${server.pid} does not end.`);
          if (!asked) {
            asked = holdIfFree(stoppingOf(server));
            if (asked && isHeld(lockOf(server))) kill(server.pid);
          }
          await clock.wait(pauseMs);
        }
      } finally {
        asked?.release();
        if (asked) removeFile(stoppingOf(server));
      }
      remove(server);
    },
  };
}

function processIds(folder: string): number[] {
  return namesIn(folder).flatMap((name) => {
    const [, id] = /^(\d{1,10})\.json$/.exec(name) ?? [];
    return id === undefined ? [] : [Number(id)];
  });
}

/** Undefined for a file that anon-cli did not write. */
function readServer(path: string): RunningServer | undefined {
  try {
    const found = v.safeParse(runningServer, JSON.parse(readIfExists(path)?.toString('utf8') ?? ''));
    return found.success ? found.output : undefined;
  } catch {
    return undefined;
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    throw fileFailure(path, 'cannot be written', error);
  }
}

/** It may have ended since its lock was seen. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}
