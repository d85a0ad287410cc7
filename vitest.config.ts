import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As in the build.
  resolve: { alias: { atomically: resolve('src/io/files/atomic-write.ts') } },
  test: {
    server: { deps: { inline: ['conf'] } },
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/memory-folder.ts', 'test/support/build.ts', 'test/support/run-postgres.ts'],
    // By itself vitest leaves a core to the screen, which on two cores is half of them.
    maxWorkers: '100%',
    // No module here holds a state that a test could leave behind, and loading them anew for each file takes as long as the tests.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
