import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { bin, newHome, type Run, runShell } from './bin.ts';

const page = readFileSync('docs/ci.md', 'utf8');

/** The code blocks of a language on the page. */
export function blocks(language: string, text = page): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block]) => block ?? '',
  );
}

/** The checkout of a project whose end-to-end tests need a guest's token. */
export function project(home: string): void {
  const test = `const [, claims] = (process.env.ACCESS_TOKEN ?? '').split('.');
const { sub } = JSON.parse(Buffer.from(claims ?? '', 'base64url'));
console.log(sub.startsWith('anon|') ? 'e2e with a guest' : sub);\n`;
  writeFileSync(join(home, 'e2e.mjs'), test);
  const merge = `exports.onExecutePostLogin = async (event, api) => {
  if (event.anonymous_session) api.user.setAppMetadata('cart', event.anonymous_session.metadata.cart);
};\n`;
  writeFileSync(join(home, 'post-login.js'), merge);
  const tests = `fetch(process.env.AUTH0_JWKS_URI).then(({ status }) => console.log('tested', status));`;
  writeFileSync(join(home, 'tests.mjs'), tests);
  writeFileSync(join(home, 'package.json'), JSON.stringify({ scripts: { test: 'node tests.mjs' } }));
  writeFileSync(join(home, 'deploy.sh'), '#!/bin/sh\necho deployed\n');
  chmodSync(join(home, 'deploy.sh'), 0o755);
  for (const text of blocks('make')) writeFileSync(join(home, 'Makefile'), text);
}

/** The shop's API, which accepts requests with a token. */
export async function shop(): Promise<string> {
  const server = createServer(({ headers }, response) => {
    response.end(/^Bearer eyJ[\w.-]+$/.test(headers.authorization ?? '') ? 'catalog\n' : 'nobody\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs a script in the project's folder as a CI does: it stops at the first failing line. */
export function job(home: string, script: string, env: Readonly<Record<string, string>> = {}): Promise<Run> {
  return runShell(home, `set -e\ncd "$HOME"\n${script}`, { env });
}

/**
 * Does what a runner does before each step: adds the lines of GITHUB_PATH to the PATH. `anon-cli` is only where
 * `npm ci` installed it; a stand-in for npm does this without a network.
 */
export function onRunner(checkout: string, added: string): string {
  const tools = join(checkout, 'tools');
  mkdirSync(tools, { recursive: true });
  const install = `#!/bin/sh\ntest "$*" = ci\nmkdir -p node_modules/.bin\nln -s '${bin}' node_modules/.bin/anon-cli\n`;
  writeFileSync(join(tools, 'npm'), install, { mode: 0o755 });
  const folders = [
    ...readFileSync(added, 'utf8').trim().split('\n'),
    tools,
    dirname(process.execPath),
    process.env.PATH,
  ];
  return `PATH='${folders.join(delimiter)}'\n`;
}

/** A home without a profile for the tenant. */
export function newProject(): string {
  const home = newHome();
  project(home);
  return home;
}

/** The members of `env:` in a part of the workflow, with `${{ }}` filled in. */
export function variables(piece: string, known: Readonly<Record<string, string>>): Record<string, string> {
  const [, , members = ''] = /^( +)env:\n((?:\1 +\S.*\n)+)/m.exec(piece) ?? [];
  return Object.fromEntries(
    [...members.matchAll(/^ +(\w+): (.+)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll(/\$\{\{ (\S+) \}\}/g, (_, key: string) => {
        expect(known).toHaveProperty([key]);
        return known[key] ?? '';
      }),
    ]),
  );
}

/** The script of a step's `run:`: the rest of its line, or the lines below. */
export function commandOf(step: string): string {
  const [, line] = /^ *run: (?!\|)(.+)$/m.exec(step) ?? [];
  return line ?? /^ *run: \|\n([\s\S]+)$/m.exec(step)?.[1] ?? '';
}
