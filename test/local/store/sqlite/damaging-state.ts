import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Kind, Store } from '../../../../src/local/store/store.ts';
import { damaged } from '../../../support/damage.ts';
import { sqliteStore } from '../../../support/sqlite-store.ts';

// Runs as a separate process, because damage may crash it: damages copies of the state file at a path in many ways,
// one per seed, and prints the result of opening each. A crash is the fault of the last printed seed.
const [path = '', copy = '', from = '0', to = '0'] = process.argv.slice(2);
const whole = readFileSync(path);
const kinds: Kind[] = ['tenant', 'key', 'client', 'resource_server', 'client_grant', 'client_credential'];

async function contents(store: Store): Promise<string> {
  const parts: unknown[] = [];
  for (const kind of kinds) parts.push(await store.list(kind));
  parts.push(await store.list('client', { lookup: 'global', value: 'false' }), await store.count('client'));
  return JSON.stringify(parts);
}

/** `same` when everything is intact and can be written, or the reason of a refusal; anything else is a fault. */
async function opened(before: string): Promise<string> {
  try {
    const store = await sqliteStore(copy);
    try {
      if ((await contents(store)) !== before) return 'LOST';
      if (await store.takeOnce('a token', { nowSeconds: 1, endSeconds: 10 })) return 'TAKEN TWICE';
      await store.write((writer) => writer.put('client', 'new', { id: 'new' }));
    } finally {
      await store.close();
    }
    const again = await sqliteStore(copy);
    const kept = (await again.get('client', 'new')) !== undefined;
    await again.write((writer) => writer.remove('client', 'new'));
    const after = await contents(again);
    await again.close();
    return kept && after === before ? 'same' : 'LOST AFTER A WRITE';
  } catch (error) {
    return error instanceof Error && 'reason' in error ? String(error.reason) : `FAILED ${String(error)}`;
  }
}

async function main(): Promise<void> {
  const original = await sqliteStore(path);
  const before = await contents(original);
  await original.close();
  for (let seed = Number(from); seed < Number(to); seed += 1) {
    process.stdout.write(`${seed} `);
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${copy}${ending}`, { force: true });
    const bytes = damaged(whole, seed);
    writeFileSync(copy, bytes);
    const outcome = await opened(before);
    // A refused file must stay unchanged, so that it can be set aside.
    const touched = outcome !== 'same' && !readFileSync(copy).equals(bytes);
    process.stdout.write(`${touched ? 'CHANGED ' : ''}${outcome}\n`);
  }
}

void main();
