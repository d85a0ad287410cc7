// Preloaded into the program: records every loaded file and builtin when the program ends.
const Module = require('node:module');
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');

const loaded = new Set();
const load = Module._load;
Module._load = function record(request, parent, ...rest) {
  const resolved = Module._resolveFilename(request, parent);
  loaded.add(Module.isBuiltin(resolved) ? resolved.replace(/^node:/, '') : relative(process.cwd(), resolved));
  return load.call(this, request, parent, ...rest);
};
process.on('exit', () => writeFileSync(process.env.LOADED_FILE, JSON.stringify([...loaded])));
