import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';
import { actionRunner, type ClosableRunner } from '../../src/io/actions/action-runner.ts';

let program: string | undefined;

/** The program of the workers of Actions, built from the sources for these tests. */
export function actionProgram(): string {
  if (program !== undefined) return program;
  const folder = mkdtempSync(join(tmpdir(), 'anon-worker-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'worker.cjs');
  const entryPoints = [resolve('src/io/actions/worker.ts')];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20.18' });
  program = outfile;
  return program;
}

/** Runs Actions until the test ends. */
export function testActionRunner(options: Parameters<typeof actionRunner>[0] = {}): ClosableRunner {
  const runner = actionRunner({ program: actionProgram(), ...options });
  onTestFinished(() => runner.close());
  return runner;
}
