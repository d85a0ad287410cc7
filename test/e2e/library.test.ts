import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { homeAfter } from '../support/bin.ts';
import { temporaryFolder } from '../support/folder.ts';
import { jsonExamples } from '../support/json-doc.ts';
import { jsonOf, serve } from '../support/local-server.ts';

const execute = promisify(execFile);

/** A folder in which the built package is installed. */
function consumer(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'anon-cli'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const job = `
const { accessToken, sessionToken } = await createSession({
  domain: process.env.TENANT, clientId: process.env.CLIENT_ID, audience: 'https://api.shop.example', metadata: { a: 1 },
});
const { claims } = await decodeToken(accessToken);
const expected = { domain: process.env.TENANT, audience: 'https://api.shop.example', guest: true };
const good = await verifyToken(accessToken, expected);
const bad = await verifyToken(sessionToken, expected);
const failure = await createSession({ domain: process.env.TENANT, clientId: 'nobody', audience: 'x' }).catch((error) => error);
console.log(JSON.stringify({ sub: claims.sub, valid: good.valid, same: good.claims.sub === claims.sub, bad: bad.valid, code: isAnonError(failure) && failure.code }));
`;

const names = 'createSession, decodeToken, isAnonError, verifyToken';

const localJob = `
const tenant = await startLocalTenant({ https: true, autoLogin: 'jane@example.com' });
const failure = await tenant.createUser({ email: 'nobody' }).catch((error) => error);
await tenant.createUser({ email: 'jane@example.com' });
const action = await tenant.addAction('post-login', new URL('discount.js', 'file://' + process.cwd() + '/'), { secrets: { PERCENT: '10' } });
const [client_id, redirect_uri, code_verifier] = [tenant.clientId, 'http://localhost:3000/', 'v'.repeat(43)];
const query = { response_type: 'code', client_id, redirect_uri, scope: 'openid', code_challenge: code_verifier, code_challenge_method: 'plain' };
const page = await tenant.fetch('/authorize?' + new URLSearchParams(query));
const code = new URL(page.headers.get('location')).searchParams.get('code');
const body = new URLSearchParams({ grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier });
const { id_token } = await (await tenant.fetch('/oauth/token', { method: 'POST', body })).json();
const { claims } = await decodeToken(id_token);
console.log(isAnonError(failure) && failure.code === 'usage', claims['https://shop.example/discount'] === '10', action.name);
await tenant[Symbol.asyncDispose]();
`;

const localPrograms = {
  'local.mjs': `import { decodeToken } from 'anon-cli';import { isAnonError, startLocalTenant } from 'anon-cli/local';${localJob}`,
  'local.cjs': `const { decodeToken } = require('anon-cli');const { isAnonError, startLocalTenant } = require('anon-cli/local');
(async () => {${localJob}})();`,
};

const discount = `exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('https://shop.example/discount', event.secrets.PERCENT);
};`;

describe('the library', () => {
  it('creates, decodes and verifies guest tokens, in ESM and in CommonJS', async () => {
    const home = await homeAfter(['quickstart']);
    const { client_id } = await jsonOf<{ client_id: string }>(home, ['app', 'show', 'web']);
    const { url } = await serve(home);
    const folder = consumer({
      'esm.mjs': `import { ${names} } from 'anon-cli';${job}`,
      'commonjs.cjs': `const { ${names} } = require('anon-cli');(async () => {${job}})();`,
    });
    const env = { PATH: process.env.PATH, TENANT: url, CLIENT_ID: client_id };
    for (const program of ['esm.mjs', 'commonjs.cjs']) {
      const { stdout, stderr } = await execute(process.execPath, [program], { cwd: folder, env });
      expect({ program, ...JSON.parse(stdout), stderr }).toEqual({
        program,
        sub: expect.stringMatching(/^anon\|/),
        valid: true,
        same: true,
        bad: false,
        code: 'not_authorised',
        stderr: '',
      });
    }
  });

  it('does what docs/library.md shows', async () => {
    const home = await homeAfter(['quickstart']);
    const { client_id } = await jsonOf<{ client_id: string }>(home, ['app', 'show', 'web']);
    const { url } = await serve(home);
    const [, shown = ''] = /^```js\n([\s\S]+?)^```$/m.exec(readFileSync('docs/library.md', 'utf8')) ?? [];
    const program = shown.replaceAll('acme.eu.auth0.com', url).replace('your-client-id', client_id);
    const { stdout } = await execute(process.execPath, ['shown.mjs'], { cwd: consumer({ 'shown.mjs': program }) });
    expect(stdout).toMatch(/^read:catalog write:cart 86400\nanon\|\S+ not_checked\nnot_authorised \S.+\n$/);
  });

  it('starts a local tenant as docs/library.md shows, and the process ends by itself', async () => {
    const blocks = [...readFileSync('docs/library.md', 'utf8').matchAll(/^```js\n([\s\S]+?)^```$/gm)];
    const files = { 'shown.mjs': blocks[1]?.[1] ?? '', 'discount.js': discount, ...localPrograms };
    const folder = consumer(files);
    const env = { PATH: process.env.PATH, HOME: folder };
    const { stdout, stderr } = await execute(process.execPath, ['shown.mjs'], { cwd: folder, env });
    expect({ stdout, stderr }).toEqual({ stdout: 'true\nfalse\ntrue\n', stderr: '' });
    for (const program of Object.keys(localPrograms)) {
      const ran = await execute(process.execPath, [program], { cwd: folder, env });
      expect({ program, ...ran }).toEqual({ program, stdout: 'true true discount\n', stderr: '' });
    }
    expect(readdirSync(folder).sort()).toEqual(['node_modules', ...Object.keys(files)].sort());
  });

  it.each(['anon-cli', 'anon-cli/local'])('does nothing when %s is imported', async (entry) => {
    const folder = consumer({
      'bare.cjs': `
const before = new Set(Object.keys(globalThis));
require('${entry}');
const added = Object.keys(globalThis).filter((name) => !before.has(name));
console.log(JSON.stringify({ added, handles: process.getActiveResourcesInfo() , listeners: process.listenerCount('SIGINT') }));`,
    });
    const { stdout } = await execute(process.execPath, ['bare.cjs'], { cwd: folder, env: {} });
    expect(JSON.parse(stdout)).toMatchObject({ added: [], listeners: 0 });
  });

  it('has types for ESM and CommonJS, and docs/json.md matches the result types', async () => {
    const examples = jsonExamples();
    const types = [...new Set(examples.map(({ type }) => type.replace('[]', '')))];
    const values = examples.map(({ type, json }, index) => `export const example${index}: ${type} = ${json};`);
    const use = `
export async function test(): Promise<string> {
  const { accessToken }: GuestTokens = await createSession({ domain: 'a.example', clientId: 'c', audience: 'x' });
  const { valid } = await verifyToken(accessToken, { jwks: { keys: [] }, issuer: 'https://a.example/', audience: 'x' });
  const decoded: DecodedToken = await decodeToken(accessToken, { key: '{}' });
  // @ts-expect-error A domain or an issuer is required.
  await verifyToken(accessToken, { audience: 'x' });
  return valid && decoded.signature?.state === 'verified' ? 'good' : 'bad';
}`;
    const imports = `import { createSession, type DecodedToken, decodeToken, type GuestTokens, verifyToken } from 'anon-cli';`;
    const local = `import { type LocalTenant, startLocalTenant } from 'anon-cli/local';
export async function test(): Promise<string> {
  await using tenant: LocalTenant = await startLocalTenant({ edition: 'ea', clock: { frozen: true } });
  const { guest } = await tenant.requests.next({ path: '/anonymous/token', status: 200 }, { timeoutMs: 10 });
  // @ts-expect-error A kind is required.
  await tenant.mint({ expired: true });
  return guest ?? (await tenant.mint({ kind: 'session_token', claims: { exp: undefined } }));
}`;
    const folder = consumer({
      ...{ 'esm.mts': `${imports}${use}`, 'commonjs.cts': `${imports}${use}` },
      ...{ 'local.mts': local, 'local.cts': local },
      'examples.mts': `import type { ${types.join(', ')} } from 'anon-cli';\n${values.join('\n')}`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          ...{ module: 'nodenext', strict: true, noEmit: true, types: [], lib: ['es2023', 'dom'] },
          ...{ exactOptionalPropertyTypes: true, skipLibCheck: false },
        },
      }),
    });
    const tsc = resolve('node_modules/typescript/bin/tsc');
    for (const more of [[], ['--module', 'node16'], ['--module', 'esnext', '--moduleResolution', 'bundler']]) {
      const checked = execute(process.execPath, [tsc, '-p', '.', ...more], { cwd: folder });
      await expect(checked.catch(({ stdout }) => stdout)).resolves.toMatchObject({ stdout: '' });
    }
  });

  it('is in the package with its types and pages, also for older module resolution', async () => {
    const packed = await execute('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
    const files = JSON.parse(packed.stdout)[0].files.map(({ path }: { path: string }) => path);
    const { main, types, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
    const pages = [...readFileSync('README.md', 'utf8').matchAll(/\]\((docs\/[^)#]+)/g)].map(([, path]) => path);
    const wanted = [main, types, ...Object.values<string>(exports['./local'])].map((path: string) =>
      path.replace('./', ''),
    );
    expect(pages.length).toBeGreaterThan(3);
    expect(files).toEqual(expect.arrayContaining([...wanted, ...pages]));
    expect(files.filter((path: string) => !/^(bin|dist|docs)\/|^[\w.]+$/.test(path))).toEqual([]);
  });
});
