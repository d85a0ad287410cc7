// Loaded into the program before it starts: writes down for which folder it enables Node's compile cache, which this Node
// may not have.
const Module = require('node:module');
const { writeFileSync } = require('node:fs');

Module.enableCompileCache = (folder) => writeFileSync(process.env.CACHE_FILE, folder);
