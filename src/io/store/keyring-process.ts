import { createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import type { Entry } from '@napi-rs/keyring';

/**
 * A program of its own, which asks the operating system's keyring one thing and ends: what it asks may never
 * answer. The question is JSON on stdin and the answer JSON on stdout, so that no secret is on a command line.
 */
export interface Question {
  readonly service: string;
  readonly account: string;
  readonly operation: 'get' | 'put' | 'remove' | 'try';
  /** What to put. */
  readonly value?: string | undefined;
}

export type Reply = { readonly ok: true; readonly value?: string | undefined } | { readonly ok: false };

type OpenEntry = (account: string) => Pick<Entry, 'getPassword' | 'setPassword' | 'deleteCredential'>;

/** Windows takes 2560 bytes an entry, at two a character. */
const chunkLength = 1200;

/**
 * A value as texts of a length that every keyring takes. Each is ASCII, the first begins with how many there
 * are and with what the whole must come to: what two processes wrote at once is told from a value.
 */
function chunksOf(value: string): string[] {
  const text = Buffer.from(value).toString('base64');
  const count = Math.max(1, Math.ceil(text.length / chunkLength));
  const chunks = Array.from({ length: count }, (_, index) =>
    text.slice(index * chunkLength, (index + 1) * chunkLength),
  );
  return [`${count}.${digestOf(text)}.${chunks[0]}`, ...chunks.slice(1)];
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function nameOf(account: string, index: number): string {
  return index === 0 ? account : `${account}#${index}`;
}

function read(open: OpenEntry, account: string): string | undefined {
  const [, count, digest, start] = /^(\d+)\.([\w-]+)\.(.*)$/s.exec(open(account).getPassword() ?? '') ?? [];
  if (count === undefined || start === undefined) return undefined;
  const rest = Array.from(
    { length: Number(count) - 1 },
    (_, index) => open(nameOf(account, index + 1)).getPassword() ?? '',
  );
  const text = start + rest.join('');
  return digestOf(text) === digest ? Buffer.from(text, 'base64').toString() : undefined;
}

function write(open: OpenEntry, account: string, value: string): void {
  const chunks = chunksOf(value);
  const before = countOf(open, account);
  // The first comes last: until then the value that was there is there.
  for (const [index, chunk] of [...chunks.entries()].reverse()) open(nameOf(account, index)).setPassword(chunk);
  for (let index = chunks.length; index < before; index += 1) open(nameOf(account, index)).deleteCredential();
}

function remove(open: OpenEntry, account: string): void {
  for (let index = countOf(open, account) - 1; index >= 0; index -= 1) open(nameOf(account, index)).deleteCredential();
}

function countOf(open: OpenEntry, account: string): number {
  const start = open(account).getPassword();
  return start === null || start === undefined ? 0 : Math.max(1, Number(/^(\d+)\./.exec(start)?.[1] ?? 1));
}

/** Whether something that is put can be had again. */
function tryOut(open: OpenEntry, account: string): boolean {
  write(open, account, 'anon-cli');
  const found = read(open, account);
  remove(open, account);
  return found === 'anon-cli';
}

async function answer({ service, account, operation, value = '' }: Question, module: string): Promise<Reply> {
  const loaded: typeof import('@napi-rs/keyring') = await import(module);
  // The kernel's keyring, which the library would take where there is no other, forgets all at the next start.
  const open: OpenEntry = (name) => new loaded.Entry(service, name, { linux: { store: 'secret-service' } });
  switch (operation) {
    case 'get':
      return { ok: true, value: read(open, account) };
    case 'put':
      write(open, account, value);
      return { ok: true };
    case 'remove':
      remove(open, account);
      return { ok: true };
    case 'try':
      return { ok: tryOut(open, account) };
  }
}

async function main(): Promise<void> {
  const question: Question = JSON.parse(readFileSync(0, 'utf8'));
  const reply = await answer(question, process.argv[2] ?? '@napi-rs/keyring').catch((): Reply => ({ ok: false }));
  writeSync(1, JSON.stringify(reply));
}

void main();
