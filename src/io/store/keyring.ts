import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { SecretStore } from '../../domain/profile/profile.ts';
import type { Question, Reply } from './keyring-process.ts';

/** How the keyring is asked. */
export interface KeyringOptions {
  /** The program that asks it. */
  readonly program: string;
  /** What that program loads for it. */
  readonly module: string;
  /** Milliseconds that it has to answer. */
  readonly limitMs: number;
}

const service = 'anon-cli';
const usual: KeyringOptions = {
  program: join(import.meta.dirname, 'io-store-keyring-process.cjs'),
  module: '@napi-rs/keyring',
  limitMs: 2000,
};

/** The operating system's keyring. */
export interface Keyring {
  /** What is put there can be had again, and within the time it has. */
  answers(): Promise<boolean>;
  /**
   * Secrets in it. Once it does not answer it is asked no more; what is put then goes to `files`, and what is
   * there is newer than what the keyring has.
   */
  secrets(files: SecretStore, warn: (message: string) => void): SecretStore;
}

export function openKeyring(options: Partial<KeyringOptions> = {}): Keyring {
  const how = { ...usual, ...options };
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
        // Else who looks takes what is there for gone, and begins anew.
        if (!missed) warn('The keyring does not answer: what is kept there counts as none now.');
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
        if (!ok) warn(`The keyring does not answer: what it has as ${service}, ${key} stays there.`);
        await files.remove(key);
      },
    }),
  };
}

/** Asks once, in a process that is ended when it takes too long: a call into the keyring cannot be stopped otherwise. */
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
    // It may be gone before it has read.
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
