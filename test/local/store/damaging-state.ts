import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { sqliteStore } from '../../../src/local/store/sqlite.ts';
import type { Kind, Store } from '../../../src/local/store/store.ts';
import { damaged } from '../../support/damage.ts';

// Runs as a separate process, because damage may crash it: damages copies of the state file at a path in many ways,
// one per seed, and prints the result of opening each. A crash is the fault of the last printed seed.
const [path = '', copy = '', from = '0', to = '0'] = process.argv.slice(2);
const whole = readFileSync(path);
const kinds: Kind[] = ['tenant', 'key', 'client', 'resource_server', 'client_grant', 'client_credential', 'used_token'];
const contents = (store: Store) => JSON.stringify(kinds.map((kind) => store.list(kind)));

const original = sqliteStore(path);
const before = contents(original);
original.close();

/** `same` when everything is intact and can be written, or the reason of a refusal; anything else is a fault. */
function opened(): string {
  try {
    const store = sqliteStore(copy);
    try {
      if (contents(store) !== before) return 'LOST';
      store.write((writer) => writer.put('used_token', 'new', { id: 'new' }));
    } finally {
      store.close();
    }
    const again = sqliteStore(copy);
    const kept = again.get('used_token', 'new') !== undefined;
    again.write((writer) => writer.remove('used_token', 'new'));
    const after = contents(again);
    again.close();
    return kept && after === before ? 'same' : 'LOST AFTER A WRITE';
  } catch (error) {
    return error instanceof Error && 'reason' in error ? String(error.reason) : `FAILED ${String(error)}`;
  }
}

for (let seed = Number(from); seed < Number(to); seed += 1) {
  process.stdout.write(`${seed} `);
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${copy}${ending}`, { force: true });
  const bytes = damaged(whole, seed);
  writeFileSync(copy, bytes);
  const outcome = opened();
  // A refused file must stay unchanged, so that it can be set aside.
  const touched = outcome !== 'same' && !readFileSync(copy).equals(bytes);
  process.stdout.write(`${touched ? 'CHANGED ' : ''}${outcome}\n`);
}
