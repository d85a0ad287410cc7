import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLocalNames } from '../../../src/local/state/read-state.ts';
import { sqliteStore } from '../../../src/local/store/sqlite.ts';
import { temporaryFolder } from '../../support/folder.ts';

it('the applications and APIs of a state can be read while another process has it open', () => {
  const path = join(temporaryFolder(), 'state.db');
  const store = sqliteStore(path);
  store.write((writer) => {
    writer.put('client', 'c1', { client_id: 'c1', name: 'web' });
    writer.put('resource_server', 'r1', { id: 'r1', identifier: 'https://shop.example' });
    writer.put('tenant', 'settings', {});
  });
  expect(readLocalNames(path)).toEqual({
    edition: 'ea',
    clients: [{ client_id: 'c1', name: 'web' }],
    resourceServers: [{ id: 'r1', identifier: 'https://shop.example' }],
  });
  store.close();
});

it('an empty state and a file that is not a state stay unchanged', () => {
  const path = join(temporaryFolder(), 'state.db');
  sqliteStore(path).close();
  expect(readLocalNames(path)).toBeUndefined();
  writeFileSync(path, '');
  expect(() => readLocalNames(path)).toThrow('corrupt');
  expect(statSync(path).size).toBe(0);
  writeFileSync(path, 'not a database, but long enough to be taken for a file of one'.repeat(30));
  const before = statSync(path).mtimeMs;
  expect(() => readLocalNames(path)).toThrow('corrupt');
  expect(statSync(path).mtimeMs).toBe(before);
});
