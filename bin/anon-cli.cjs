#!/usr/bin/env node
'use strict';
// CommonJS on purpose: an entry in ESM alone costs a fifth of start-up on Node 20.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  const message = `anon-cli needs Node.js 20.18.1 or later; this is ${process.versions.node}.`;
  const json = process.argv.includes('--json');
  const error = { code: 'failed', message, exit_code: 1 };
  process.stderr.write(json ? `${JSON.stringify({ error })}\n` : `error: ${message}\n`);
  process.exitCode = 1;
} else {
  useCompileCache();
  require('../dist/start.cjs')
    .start(process.argv.slice(2))
    .then((code) => {
      process.exitCode = code;
    });
}

/** Node.js 22.8 and later save compiled code between runs. Without a cache the program only starts more slowly. */
function useCompileCache() {
  const { enableCompileCache } = require('node:module');
  const { env } = process;
  if (!enableCompileCache || env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE) return;
  try {
    const folder = cacheFolder(env);
    if (folder && isPrivate(folder)) enableCompileCache(folder);
  } catch {
    // No such folder can be made here, as in a read-only home.
  }
}

function cacheFolder(env) {
  const { isAbsolute, join } = require('node:path');
  const within = (base, ...names) => (base && isAbsolute(base) ? join(base, ...names, 'compile-cache') : undefined);
  if (process.platform === 'win32') return within(env.LOCALAPPDATA, 'anon-cli', 'Cache');
  const home = env.HOME !== '/' && env.HOME;
  if (process.platform === 'darwin') return within(home, 'Library', 'Caches', 'anon-cli');
  return within(env.XDG_CACHE_HOME, 'anon-cli') ?? within(home, '.cache', 'anon-cli');
}

/** Makes the folder where it is missing. Node runs what is in it, so nobody else may write there. */
function isPrivate(folder) {
  const { mkdirSync, statSync } = require('node:fs');
  const status = statSync(folder, { throwIfNoEntry: false });
  if (status) return !process.getuid || (status.uid === process.getuid() && (status.mode & 0o022) === 0);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return true;
}
