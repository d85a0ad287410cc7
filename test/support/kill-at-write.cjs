// Preloaded into the program: counts what it writes to sockets, requests to a database and answers to applications,
// and kills the process, as `kill -9` would, just before the write whose number is KILL_AT_WRITE.
const { Socket } = require('node:net');

const killAt = Number(process.env.KILL_AT_WRITE);
let count = 0;

for (const name of ['_write', '_writev']) {
  const original = Socket.prototype[name];
  Socket.prototype[name] = function write(...args) {
    count += 1;
    if (count === killAt) process.kill(process.pid, 'SIGKILL');
    return original.apply(this, args);
  };
}
