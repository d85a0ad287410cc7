// Loaded into the program before it starts: at its end it writes down the most memory that it had, in MiB.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS / 1024)));
