import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

  it('does nothing when it is imported', async () => {
    const folder = consumer({
      'bare.cjs': `
const before = new Set(Object.keys(globalThis));
require('anon-cli');
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
    const folder = consumer({
      'esm.mts': `${imports}${use}`,
      'commonjs.cts': `${imports}${use}`,
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
    const { main, types } = JSON.parse(readFileSync('package.json', 'utf8'));
    const pages = [...readFileSync('README.md', 'utf8').matchAll(/\]\((docs\/[^)#]+)/g)].map(([, path]) => path);
    const wanted = [main, types].map((path: string) => path.replace('./', ''));
    expect(pages.length).toBeGreaterThan(3);
    expect(files).toEqual(expect.arrayContaining([...wanted, ...pages]));
    expect(files.filter((path: string) => !/^(bin|dist|docs)\/|^[\w.]+$/.test(path))).toEqual([]);
  });
});
