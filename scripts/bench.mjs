// Measures start-up, throughput and growth as ratios within one run: on shared, noisy machines a single time is unreliable,
// while the ratio of two times measured side by side is stable.
//
//   npm run bench              everything
//   npm run bench -- start-up  how long commands take; also on the newest Node.js in the registry
//   npm run bench -- server    the rate of `local start`, beside two other servers
//   npm run bench -- logging   what the lines and the records of requests cost
//   npm run bench -- https     what HTTPS costs: until the server is ready, and for each request
//   npm run bench -- login     200 logins with an Action at 16 connections
//   npm run bench -- state     what a state of 32,000 documents costs
//   npm run bench -- config    a plan for a tenant with 2,000 applications and 5,000 grants
//   npm run bench -- postgres  two instances on one PostgreSQL
import { cpSync } from 'node:fs';
import { newHome, run } from './bench/program.mjs';

const parts = ['start-up', 'server', 'logging', 'https', 'login', 'state', 'config', 'postgres'];
const chosen = process.argv.slice(2);
const unknown = chosen.find((part) => !parts.includes(part));
if (unknown !== undefined) {
  process.stderr.write(`There is no part ${unknown}. Choose from: ${parts.join(', ')}\n`);
  process.exit(2);
}

// Each part has its own copy of a tenant that the quickstart has set up, so that no part depends on another.
const prepared = newHome();
try {
  run(prepared.env, ['quickstart']);
  for (const part of chosen.length > 0 ? chosen : parts) {
    const home = newHome();
    try {
      cpSync(prepared.folder, home.folder, { recursive: true });
      const { measure } = await import(`./bench/${part}.mjs`);
      await measure(home.env);
    } finally {
      home.remove();
    }
  }
} finally {
  prepared.remove();
}
