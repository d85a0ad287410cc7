// Loaded into the program before it starts: at its end it writes down the most memory that it had, in MiB.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

// Not getrusage where there is better: on Linux it counts what the process that started this one had, too.
const status = '/proc/self/status';

function mostMib() {
  if (!existsSync(status)) return process.resourceUsage().maxRSS / 1024;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(status, 'utf8'))[1]) / 1024;
}

process.on('exit', () => writeFileSync(process.env.MEMORY_FILE, String(mostMib())));
