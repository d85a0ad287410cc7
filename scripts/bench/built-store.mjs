// The store by itself: the program has no file for it alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './program.mjs';

/** Builds the store on SQLite, inside the project so that it finds its packages. */
export async function builtStore() {
  const folder = mkdtempSync(join(root, 'node_modules', '.anon-cli-bench-'));
  const file = join(folder, 'store.cjs');
  await build({
    stdin: {
      contents: `
        export { cachedStore } from './src/local/store/cached-store.ts';
        export { openSqlite } from './src/local/store/sqlite/database.ts';`,
      resolveDir: root,
    },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['libsql'],
  });
  const { cachedStore, openSqlite } = createRequire(import.meta.url)(file);
  return {
    openStore: async (path) => cachedStore(await openSqlite(path)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
