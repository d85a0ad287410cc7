import { defineConfig } from 'vitest/config';

/** The pure part, without a build: `npm run test:unit -- duration` answers in a second. */
export default defineConfig({
  test: {
    include: ['test/{wire,jose,domain}/**/*.test.ts', 'test/cli/render/**/*.test.ts', 'test/{structure,words}.test.ts'],
    maxWorkers: '100%',
    isolate: false,
    pool: 'threads',
  },
});
