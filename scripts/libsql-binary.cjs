// Finds libsql's binary for this machine, in the built program. libsql's own search takes four times as long as loading the
// binary: it loads child_process, and has Node.js write a diagnostic report.
const { closeSync, existsSync, openSync, readSync, realpathSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');

/** The functions of libsql's binary; undefined where only libsql's own search finds it. */
exports.binary = load(targetOf(process));

function load(target) {
  const libsql = target && installedLibsql(__dirname);
  if (libsql === undefined) return undefined;
  try {
    return createRequire(libsql)(`@libsql/${target}`);
  } catch {
    return undefined;
  }
}

/** The file that `libsql` names. The binaries are its dependencies, so they are found from there, wherever they are installed. */
function installedLibsql(folder) {
  const path = join(folder, 'node_modules', 'libsql', 'index.js');
  if (existsSync(path)) return realpathSync(path);
  const above = dirname(folder);
  return above === folder ? undefined : installedLibsql(above);
}

function targetOf({ platform, arch, execPath }) {
  if (arch !== 'x64' && arch !== 'arm64') return undefined;
  if (platform === 'darwin') return `darwin-${arch}`;
  if (platform === 'win32' && arch === 'x64') return 'win32-x64-msvc';
  const library = platform === 'linux' && libraryOf(execPath);
  return library ? `linux-${arch}-${library}` : undefined;
}

/** The C library that the system loads into a program, from the loader's name: it stands near the beginning of the file. */
function libraryOf(program) {
  try {
    const file = openSync(program, 'r');
    try {
      const begin = Buffer.alloc(4096);
      readSync(file, begin, 0, begin.length, 0);
      if (begin.includes('/ld-linux-')) return 'gnu';
      return begin.includes('/ld-musl-') ? 'musl' : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
