import { sqliteStore } from '../../../src/local/store/sqlite.ts';

// Runs as a separate process: increments a number in the store at a path, the given number of times.
const [path = '', times = '0'] = process.argv.slice(2);
const store = sqliteStore(path);
for (let written = 0; written < Number(times); written += 1) {
  store.write((writer) => {
    const count = Number(writer.get('tenant', 'count')?.count ?? 0);
    writer.put('tenant', 'count', { count: count + 1 });
    writer.put('client', `${process.pid}-${written}`, { count });
  });
}
store.close();
