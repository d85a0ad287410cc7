// Preloaded into the program: counts its operations on files and its database, and kills the
// process, as `kill -9` would, just before the operation whose number is KILL_AT. Without KILL_AT it writes
// the count to COUNT_FILE at the end.
const fs = require('node:fs');
const Module = require('node:module');

const killAt = Number(process.env.KILL_AT ?? 0);
const { writeFileSync } = fs;
let count = 0;

function counted(owner, name) {
  const original = owner[name];
  owner[name] = function operation(...args) {
    count += 1;
    if (count === killAt) process.kill(process.pid, 'SIGKILL');
    return original.apply(this, args);
  };
}

for (const name of [
  'openSync',
  'writeSync',
  'renameSync',
  'mkdirSync',
  'closeSync',
  'fsyncSync',
  'rmSync',
  'unlinkSync',
]) {
  counted(fs, name);
}
const load = Module._load;
let database;
Module._load = function loadCounted(request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request === './libsql.cjs' && database === undefined) {
    database = loaded;
    counted(loaded.prototype, 'exec');
    counted(loaded.prototype, 'prepare');
  }
  return loaded;
};
process.on('exit', () => {
  if (process.env.COUNT_FILE) writeFileSync(process.env.COUNT_FILE, String(count));
});
