import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KeyringOptions } from '../../src/io/store/keyring.ts';
import { temporaryFolder } from './folder.ts';

/** The packaged program that accesses the keyring. */
const program = resolve('dist/io-store-keyring-process.cjs');

export interface TestKeyring {
  /** Options with a timeout long enough for a slow test. */
  readonly options: KeyringOptions;
  /** The entries, by account. */
  entries(): Record<string, string>;
  write(entries: Record<string, string>): void;
  /** Sets its behaviour from now on. */
  become(mood: 'answering' | 'hanging' | 'refusing'): void;
  /** How often it was opened. */
  asked(): number;
}

/** A separate keyring with the interface of the real module, whose entries are in a file. */
export function testKeyring(limitMs = 20_000): TestKeyring {
  const folder = temporaryFolder();
  const module = join(folder, 'fake-keyring.cjs');
  copyFileSync(new URL('fake-keyring.cjs', import.meta.url), module);
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  return {
    options: { program, module, limitMs },
    entries: () => JSON.parse(read('entries.json') || '{}'),
    write: (entries) => writeFileSync(join(folder, 'entries.json'), JSON.stringify(entries)),
    become: (mood) => writeFileSync(join(folder, 'mood'), mood),
    asked: () => read('asked').length,
  };
}
