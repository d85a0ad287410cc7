// Replaces @napi-rs/keyring as far as the program uses it, and saves its entries in a file next to it.
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const path = join(__dirname, 'entries.json');
const mood = existsSync(join(__dirname, 'mood')) ? readFileSync(join(__dirname, 'mood'), 'utf8') : 'answering';
appendFileSync(join(__dirname, 'asked'), '.');

/** Blocks the process, like a native call on D-Bus. */
if (mood === 'hanging') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

const load = () => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});
const save = (entries) => writeFileSync(path, JSON.stringify(entries));

exports.Entry = class Entry {
  constructor(service, account, options) {
    if (mood === 'refusing') throw new Error("Couldn't access platform storage: no secret service");
    if (service !== 'anon-cli') throw new Error(`not a service of ours: ${service}`);
    if (options?.linux?.store !== 'secret-service') throw new Error('the kernel would forget it');
    this.account = account;
  }

  getPassword() {
    return load()[this.account] ?? null;
  }

  setPassword(password) {
    if (Buffer.byteLength(password, 'utf16le') > 2560) throw new Error('longer than Windows takes');
    save({ ...load(), [this.account]: password });
  }

  deleteCredential() {
    const { [this.account]: found, ...rest } = load();
    if (found === undefined) throw new Error('No matching entry found in secure storage');
    save(rest);
    return true;
  }
};
