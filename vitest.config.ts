import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Tests of the real program first. In a new clone vitest goes by the sizes of files, and the shortest of these takes the longest:
 * as the last one, it would leave all other cores idle for a minute.
 */
class ProgramFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isOfProgram = ({ moduleId }: TestSpecification) => moduleId.includes('/test/e2e/');
    return [...sorted.filter(isOfProgram), ...sorted.filter((file) => !isOfProgram(file))];
  }
}

export default defineConfig({
  // As in the build.
  resolve: { alias: { atomically: resolve('src/io/files/atomic-write.ts') } },
  test: {
    server: { deps: { inline: ['conf'] } },
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/quick-keys.ts'],
    globalSetup: ['memory-folder', 'no-extra-authorities', 'build', 'run-postgres'].map(
      (name) => `test/support/${name}.ts`,
    ),
    // By itself vitest leaves a core to the screen, which on two cores is half of them.
    maxWorkers: '100%',
    // No module here holds a state that a test could leave behind, and loading them anew for each file takes as long as the tests.
    isolate: false,
    sequence: { sequencer: ProgramFirst },
    // Generous, for machines that are slow or busy: a test that hangs ends all the same.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
