// Makes a fixture in test/fixtures/state: lets a released version of the program fill a state file, and saves the file
// together with what a later version must find in it.
//
//   node scripts/state-fixture.mjs <checkout> <name> <edition>
//
// The checkout is a built working tree of the released version. It serves its local tenant on port 4400 for a moment.
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import Database from 'libsql';

const [checkout, name, edition] = process.argv.slice(2);
const bin = resolve(checkout, 'bin', 'anon-cli.cjs');
const issuer = 'https://localhost:4400/';
const folder = resolve('test/fixtures/state');

const home = mkdtempSync(join(tmpdir(), 'anon-cli-fixture-'));
const env = { PATH: process.env.PATH, HOME: home, USERPROFILE: home, ANON_KEYRING: 'off' };
try {
  const { state } = run('local', 'reset', '--yes', '--edition', edition);
  const made = await fill();
  const file = join(folder, `${name}.db`);
  copyFileSync(state, file);
  const fixture = { edition, issuer, ...made, documents: documentsIn(file) };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(fixture, null, 2)}\n`);
} finally {
  rmSync(home, { recursive: true, force: true });
}

function run(...args) {
  return JSON.parse(execFileSync(process.execPath, [bin, ...args, '--json'], { env, encoding: 'utf8' }));
}

/** Fills the state as commands and clients would: the sample application is open to guests, another one has a key. */
async function fill() {
  const isPreview = edition === 'preview';
  run('tenant', 'set-lifetime', '14d', '--yes');
  run('api', 'create', 'Straße 🛒', '--audience', 'https://news.example', '--scopes', 'read:news,write:news', '--yes');
  run('app', 'create', 'server', '--type', 'regular_web', '--yes');
  for (const [api, scopes] of [
    ['shop', 'read:catalog,write:cart'],
    ['https://news.example', 'read:news'],
  ]) {
    run('setup', '--app', 'web', '--api', api, '--scopes', scopes, '--no-session', '--yes');
  }
  run('claims', 'set', 'language', 'metadata.language', ...(isPreview ? ['--app', 'web'] : ['--api', 'shop']), '--yes');
  const server = spawn(process.execPath, [bin, 'local', 'start', '--port', '4400', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(server.stdout, 'data');
    return await overHttp(run('app', 'show', 'web'));
  } finally {
    server.kill('SIGINT');
    await once(server, 'exit');
  }
}

async function overHttp({ client_id: clientId }) {
  const { management_client_id: id, management_client_secret: secret } = run('local', 'show', '--reveal-secrets');
  const audience = `${issuer}api/v2/`;
  const management = await send('/oauth/token', {
    json: { grant_type: 'client_credentials', client_id: id, client_secret: secret, audience },
  });
  const manage = (path, json, method) => send(path, { json, token: management.access_token, method });
  const deleted = await manage('/api/v2/clients', { name: 'deleted' });
  await manage('/api/v2/clients', { name: 'after the deleted one', app_type: 'native' });
  await manage(`/api/v2/clients/${deleted.client_id}`, undefined, 'DELETE');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const keyed = await manage('/api/v2/clients', {
    name: 'by key',
    app_type: 'non_interactive',
    grant_types: ['client_credentials'],
    client_authentication_methods: {
      private_key_jwt: { credentials: [{ credential_type: 'public_key', alg: 'ES256', pem }] },
    },
  });
  await manage('/api/v2/client-grants', {
    client_id: keyed.client_id,
    audience: 'https://news.example',
    scope: ['write:news'],
  });
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(keyed.client_id)
    .setSubject(keyed.client_id)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime('5m')
    .setJti(randomUUID())
    .sign(privateKey);
  await send('/oauth/token', {
    json: {
      grant_type: 'client_credentials',
      audience: 'https://news.example',
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    },
  });
  const guest = await send('/anonymous/token', {
    json: { client_id: clientId, audience: 'https://api.shop.example', metadata: { language: 'de' } },
  });
  return {
    made_at: new Date().toISOString(),
    app: { client_id: clientId },
    keyed_app: { client_id: keyed.client_id, private_key: await exportJWK(privateKey), used_assertion: assertion },
    guest: { session_token: guest.session_token, access_token: guest.access_token },
    management_token: management.access_token,
  };
}

async function send(path, { json, token, method = 'POST' }) {
  const response = await fetch(new URL(path, 'http://localhost:4400'), {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(json),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The documents as they are in the file, by kind, in the order in which they were first written. */
function documentsIn(file) {
  const database = new Database(file, { readonly: true });
  const rows = database.prepare('SELECT kind, id, body FROM document ORDER BY rowid').all();
  database.close();
  const documents = {};
  for (const { kind, id, body } of rows) {
    documents[kind] ??= [];
    documents[kind].push({ id, document: JSON.parse(body) });
  }
  return documents;
}
