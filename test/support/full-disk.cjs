// Preloaded into the program to simulate a full disk. SQLite's database cannot grow, files take no
// bytes, and the first failing write is a partial one, as on a real disk.
const fs = require('node:fs');
const Module = require('node:module');

function full() {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: process.env.FULL_CODE ?? 'ENOSPC',
  });
}

const { writeFileSync, writeSync } = fs;
fs.writeFileSync = function writeHalf(file, data, ...rest) {
  const half = Buffer.from(data).subarray(0, Buffer.from(data).length / 2);
  writeFileSync.call(this, file, half, ...rest);
  throw full();
};
fs.writeSync = function writeNothing(descriptor, ...rest) {
  // stdout and stderr are not on the disk.
  if (descriptor <= 2) return writeSync.call(this, descriptor, ...rest);
  throw full();
};

const load = Module._load;
Module._load = function loadFull(request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== './libsql.cjs') return loaded;
  return class Full extends loaded {
    constructor(path, options) {
      super(path, options);
      // A lock file is a database without pages: it must be able to write its first one.
      if (!path.endsWith('.lock')) this.exec('PRAGMA max_page_count = 1');
    }
  };
};
