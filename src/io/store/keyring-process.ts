import { createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import type { Entry } from '@napi-rs/keyring';
import type { Question, Reply } from './keyring.ts';

// A separate program, because a call into the operating system's keyring may never return. It reads one request as JSON from
// stdin and writes the reply as JSON to stdout, so that no secret is on a command line.

type OpenEntry = (account: string) => Pick<Entry, 'getPassword' | 'setPassword' | 'deleteCredential'>;

/** Windows allows 2560 bytes per entry, two per character. */
const chunkLength = 1200;

/**
 * A value in ASCII chunks that every keyring can hold. The first begins with their number and a digest of the whole, which
 * reveals a mix of chunks that two processes wrote at once.
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
  // The first chunk last: until then the previous value is valid.
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

/** Whether the keyring returns what is put into it. */
function tryOut(open: OpenEntry, account: string): boolean {
  write(open, account, 'anon-cli');
  const found = read(open, account);
  remove(open, account);
  return found === 'anon-cli';
}

async function answer({ service, account, operation, value = '' }: Question, module: string): Promise<Reply> {
  const loaded: typeof import('@napi-rs/keyring') = await import(module);
  // Not the kernel's keyring, the library's fallback: it is empty after a reboot.
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
