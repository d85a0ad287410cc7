// Preloaded into the program: records its peak memory in MiB when it ends.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

// Prefers /proc to getrusage, which on Linux includes the memory of the parent process.
const status = '/proc/self/status';

function mostMib() {
  if (!existsSync(status)) return process.resourceUsage().maxRSS / 1024;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(status, 'utf8'))[1]) / 1024;
}

process.on('exit', () => writeFileSync(process.env.MEMORY_FILE, String(mostMib())));
