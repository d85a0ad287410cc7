import { sqliteStore } from '../../../support/sqlite-store.ts';

// Runs as a separate process: increments a number in the store at a path, the given number of times.
const [path = '', times = '0'] = process.argv.slice(2);
async function main(): Promise<void> {
  const store = await sqliteStore(path);
  for (let written = 0; written < Number(times); written += 1) {
    await store.write(async (writer) => {
      const count = Number((await writer.get('tenant', 'count'))?.count ?? 0);
      writer.put('tenant', 'count', { count: count + 1 });
      writer.put('client', `${process.pid}-${written}`, { count });
    });
  }
  await store.close();
}

void main();
