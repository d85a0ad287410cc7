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
  require(`../dist/${fileFor(process.argv.slice(2))}.cjs`)
    .start(process.argv.slice(2))
    .then((code) => {
      process.exitCode = code;
    });
}

/** The file that runs a command line. For a few commands, the build puts all that they always need into one. */
function fileFor(args) {
  if (runsLittle(args)) return 'start-quick';
  const words = args.slice(0, 2).join(' ');
  if (!['local start', 'token create', 'token decode'].includes(words)) return 'start';
  return `start-${words.replace(' ', '-')}`;
}

/** Compiled code is saved between runs. Without a cache the program only starts more slowly. */
function useCompileCache() {
  const { env } = process;
  if (env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE) return;
  try {
    // Node.js 22.8 and later have a cache. Asking node:module for it would take as long as a page of help.
    const { enableCompileCache } = module.constructor;
    if (!enableCompileCache && runsLittle(process.argv.slice(2))) return;
    const folder = cacheFolder(env);
    if (!folder || !isPrivate(folder)) return;
    if (enableCompileCache) enableCompileCache(folder);
    else saveCompiledCode(folder);
  } catch {
    // No such folder can be made here, as in a read-only home.
  }
}

/** Help, the version and completion run so little code that reading it takes longer than compiling it. */
function runsLittle(args) {
  const [first] = args;
  if (first === undefined || first === 'complete' || first === 'help') return true;
  return args.some((arg) => /^(-h|--help|-V|--version)$/.test(arg));
}

/** Compiles the files of dist with the code that V8 saved for them, and saves it where it is missing. */
function saveCompiledCode(folder) {
  const Module = module.constructor;
  const { Script } = require('node:vm');
  const { dirname, join } = require('node:path');
  const dist = join(dirname(__dirname), 'dist');
  const unsaved = [];
  const compile = Module.prototype._compile;
  Module.prototype._compile = function compileWithCache(content, filename, ...rest) {
    // The build ends each file with a digest of its content.
    const [, digest] = /\n\/\/([\da-f]{16})\n$/.exec(content.slice(-20)) ?? [];
    if (!digest || dirname(filename) !== dist || process.sourceMapsEnabled) {
      return compile.call(this, content, filename, ...rest);
    }
    const path = join(folder, `${process.version}-${process.arch}-${digest}`);
    const cachedData = savedCode(path);
    const script = new Script(Module.wrap(content), { filename, cachedData });
    if (!cachedData || script.cachedDataRejected) {
      // In a process that runs for long, V8 later forgets the code that only its start needed.
      if (unsaved.length === 0) setTimeout(save, 1500).unref();
      unsaved.push({ path, script });
    }
    const load = (name) => this.require(name);
    load.resolve = (name) => Module._resolveFilename(name, this);
    return script.runInThisContext().call(this.exports, this.exports, load, this, filename, dist);
  };
  const save = () => {
    for (const { path, script } of unsaved.splice(0)) saveCode(path, script.createCachedData());
  };
  process.once('exit', save);
}

/** Undefined also for a damaged file, over which V8 would end the process. Comparing is faster than a checksum. */
function savedCode(path) {
  try {
    const bytes = require('node:fs').readFileSync(path);
    const [one, other] = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
    return one.equals(other) ? one : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the code twice, and renames the finished file, so that another process never reads half of it. */
function saveCode(path, code) {
  const { renameSync, rmSync, writeFileSync } = require('node:fs');
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, Buffer.concat([code, code]), { mode: 0o600 });
    renameSync(unfinished, path);
  } catch {
    rmSync(unfinished, { force: true });
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
