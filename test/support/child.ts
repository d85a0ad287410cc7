import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './folder.ts';

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Bundles the TypeScript file at `url` into a program, and returns a function that starts it as a process. */
export async function childProgram(url: URL): Promise<(...args: string[]) => ChildProcess> {
  const outfile = join(temporaryFolder(), 'child.cjs');
  await build({
    entryPoints: [fileURLToPath(url)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['libsql'],
    logLevel: 'error',
  });
  return (...args) => {
    const child = spawn(process.execPath, [outfile, ...args], {
      env: { ...process.env, NODE_PATH: packages },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
}

/** The exit code of a process, once it has ended. */
export async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}
