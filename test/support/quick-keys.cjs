// Preloaded into the program, and into the tests: new tenants get one of a few stored RSA keys, because making one takes
// longer than most commands. Each tenant still makes the rest, such as the id of its key.
const Module = require('node:module');
const { promisify } = require('node:util');

const load = Module._load;
// Not loaded before the program does: some commands start faster without it.
Module._load = function loadOrChange(request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== 'node:crypto' && request !== 'crypto') return loaded;
  Module._load = load;
  change(loaded);
  return loaded;
};

function change(crypto) {
  const { generateKeyPair } = crypto;
  const make = promisify(generateKeyPair);
  const stored = (type, { modulusLength } = {}) => type === 'rsa' && modulusLength === 2048;
  crypto.generateKeyPair = (...args) => generateKeyPair(...args);
  crypto.generateKeyPair[promisify.custom] = async (...args) => {
    if (!stored(...args)) return make(...args);
    const keys = require('./quick-keys.json');
    return { privateKey: crypto.createPrivateKey({ key: keys[crypto.randomInt(keys.length)], format: 'jwk' }) };
  };
  Module.syncBuiltinESMExports();
}
