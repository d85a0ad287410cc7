import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { databasePorts } from '../../../src/io/embedded/ports.ts';
import { readLocalNames } from '../../../src/local/state/read-state.ts';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { openSqlite } from '../../../src/local/store/sqlite/database.ts';
import { temporaryFolder } from '../../support/folder.ts';

it('the applications and APIs of a state can be read while another process has it open', async () => {
  const path = join(temporaryFolder(), 'state.db');
  const store = cachedStore(await openSqlite(path));
  await store.write((writer) => {
    writer.put('client', 'c1', { client_id: 'c1', name: 'web' });
    writer.put('resource_server', 'r1', { id: 'r1', identifier: 'https://shop.example' });
    writer.put('action', 'a1', { id: 'a1', name: 'cart' });
    writer.put('tenant', 'settings', {});
  });
  expect(
    await readLocalNames(
      { file: path },
      databasePorts(() => {}),
    ),
  ).toEqual({
    edition: 'ea',
    clients: [{ client_id: 'c1', name: 'web' }],
    faults: [],
    resourceServers: [{ id: 'r1', identifier: 'https://shop.example' }],
    actions: [{ id: 'a1', name: 'cart' }],
  });
  await store.close();
});

it('an empty state and a file that is not a state stay unchanged', async () => {
  const path = join(temporaryFolder(), 'state.db');
  await (await openSqlite(path)).close();
  expect(
    await readLocalNames(
      { file: path },
      databasePorts(() => {}),
    ),
  ).toBeUndefined();
  writeFileSync(path, '');
  await expect(
    readLocalNames(
      { file: path },
      databasePorts(() => {}),
    ),
  ).rejects.toThrow('corrupt');
  expect(statSync(path).size).toBe(0);
  writeFileSync(path, 'not a database, but long enough to be taken for a file of one'.repeat(30));
  const before = statSync(path).mtimeMs;
  await expect(
    readLocalNames(
      { file: path },
      databasePorts(() => {}),
    ),
  ).rejects.toThrow('corrupt');
  expect(statSync(path).mtimeMs).toBe(before);
});
