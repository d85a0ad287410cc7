import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { SecretStore } from '../../domain/profile/profile.ts';

/** How the keyring is accessed. */
export interface KeyringOptions {
  /** The program that accesses it. */
  readonly program: string;
  /** The module that the program loads. */
  readonly module: string;
  /** The longest time for a reply, in milliseconds. */
  readonly limitMs: number;
}

const service = 'anon-cli';
const defaults: KeyringOptions = {
  program: join(import.meta.dirname, 'io-store-keyring-process.cjs'),
  module: '@napi-rs/keyring',
  limitMs: 2000,
};

/** The operating system's keyring. */
export interface Keyring {
  /** Whether it returns what is put into it, in time. */
  answers(): Promise<boolean>;
  /**
   * The secrets in it. Once it doesn't respond, it isn't used again and secrets go to `files`; those there are newer than
   * the keyring's.
   */
  secrets(files: SecretStore, warn: (message: string) => void): SecretStore;
}

/** A request to the separate program that calls the keyring. */
export interface Question {
  readonly service: string;
  readonly account: string;
  readonly operation: 'get' | 'put' | 'remove' | 'try';
  /** The value to put. */
  readonly value?: string | undefined;
}

export type Reply = { readonly ok: true; readonly value?: string | undefined } | { readonly ok: false };

export function openKeyring(options: Partial<KeyringOptions> = {}): Keyring {
  const how = { ...defaults, ...options };
  let givenUp = false;
  let missed = false;

  const ask = async (question: Omit<Question, 'service'>): Promise<Reply> => {
    if (givenUp) return { ok: false };
    const reply = await exchange(how, { service, ...question });
    givenUp = !reply.ok;
    return reply;
  };

  return {
    answers: async () => (await ask({ operation: 'try', account: 'try' })).ok,
    secrets: (files, warn) => ({
      async get(key) {
        const newer = await files.get(key);
        if (newer !== undefined) return newer;
        const reply = await ask({ operation: 'get', account: key });
        if (reply.ok) return reply.value;
        // Without a warning it looks as if the secret were gone.
        if (!missed) warn('The keyring does not respond: secrets saved in it are ignored.');
        missed = true;
        return undefined;
      },
      async put(key, value) {
        const { ok } = await ask({ operation: 'put', account: key, value });
        if (ok) await files.remove(key);
        else await files.put(key, value);
      },
      async remove(key) {
        const { ok } = await ask({ operation: 'remove', account: key });
        if (!ok) warn(`The keyring does not respond: its entry ${service}, ${key} was not removed.`);
        await files.remove(key);
      },
    }),
  };
}

/** Runs one request in a process that is killed when it takes too long: a call into the keyring can't be cancelled. */
function exchange({ program, module, limitMs }: KeyringOptions, question: Question): Promise<Reply> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, module], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.once('error', () => resolve({ ok: false }));
    child.once('close', () => resolve(replyIn(text)));
    // The process may exit before it reads.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(question));
  });
}

function replyIn(text: string): Reply {
  try {
    const reply: unknown = JSON.parse(text);
    if (typeof reply !== 'object' || reply === null || !('ok' in reply) || reply.ok !== true) return { ok: false };
    return { ok: true, value: 'value' in reply && typeof reply.value === 'string' ? reply.value : undefined };
  } catch {
    return { ok: false };
  }
}
