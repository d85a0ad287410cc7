// Preloaded into the program: records the folder for which it enables Node's compile cache. Replaces the function,
// which this version of Node.js may not have.
const Module = require('node:module');
const { writeFileSync } = require('node:fs');

Module.enableCompileCache = (folder) => writeFileSync(process.env.CACHE_FILE, folder);
