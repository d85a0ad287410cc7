import { execFile } from 'node:child_process';
import type { Env } from '../env.ts';
import { processHome } from '../files/folders.ts';
import type { ProgramResult, TrustWorld } from './trust-store.ts';

/** This process's. */
export function processTrustWorld(env: Env): TrustWorld {
  return {
    platform: process.platform,
    home: processHome(env),
    systemRoot: env.SystemRoot ?? 'C:\\Windows',
    run: runProgram,
  };
}

function runProgram(program: string, args: readonly string[]): Promise<ProgramResult | undefined> {
  return new Promise((resolve) => {
    const child = execFile(program, [...args], (error, stdout, stderr) => {
      if (error && 'code' in error && error.code === 'ENOENT') return resolve(undefined);
      resolve({ code: error ? Number(error.code) || 1 : 0, stdout, stderr });
    });
    // A question would wait for an answer that nobody can type.
    child.stdin?.end();
  });
}
