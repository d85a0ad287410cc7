#!/usr/bin/env node
'use strict';
// CommonJS on purpose: an entry in ESM alone costs a fifth of start-up on Node 20.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  const message = `anon-cli needs Node.js 20.18.1 or later, and this is ${process.versions.node}.`;
  const json = process.argv.includes('--json');
  const error = { code: 'failed', message, exit_code: 1 };
  process.stderr.write(json ? `${JSON.stringify({ error })}\n` : `error: ${message}\n`);
  process.exitCode = 1;
} else {
  require('../dist/start.cjs')
    .start(process.argv.slice(2))
    .then((code) => {
      process.exitCode = code;
    });
}
