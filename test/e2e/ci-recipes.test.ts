import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bin, newHome, runShell } from '../support/bin.ts';
import { jsonOf, serve } from '../support/served.ts';

const page = readFileSync('docs/ci.md', 'utf8');

/** The blocks of this language on the page, in their order. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text]) => text ?? '',
  );
}

/** The checkout of a project whose end-to-end tests want a guest's token. */
function project(home: string): void {
  const test = `const [, claims] = (process.env.ACCESS_TOKEN ?? '').split('.');
const { sub } = JSON.parse(Buffer.from(claims ?? '', 'base64url'));
console.log(sub.startsWith('anon|') ? 'e2e with a guest' : sub);\n`;
  writeFileSync(join(home, 'e2e.mjs'), test);
  writeFileSync(join(home, 'deploy.sh'), '#!/bin/sh\necho deployed\n');
  chmodSync(join(home, 'deploy.sh'), 0o755);
  for (const text of blocks('make')) writeFileSync(join(home, 'Makefile'), text);
}

/** The API of the shop: it lets in who brings a token. */
async function shop(): Promise<string> {
  const server = createServer(({ headers }, response) => {
    response.end(/^Bearer eyJ[\w.-]+$/.test(headers.authorization ?? '') ? 'catalog\n' : 'nobody\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs a script in the project's folder as a CI does: the first line that fails ends it. */
function job(home: string, script: string, env: Readonly<Record<string, string>> = {}) {
  return runShell(home, `set -e\ncd "$HOME"\n${script}`, { env });
}

describe('docs/ci.md', () => {
  it('has recipes that run as they stand', async () => {
    const home = newHome();
    project(home);
    const env = { SHOP_URL: await shop() };
    const printed: string[] = [];
    for (const script of blocks('sh')) {
      const { code, stdout, stderr } = await job(home, script, env);
      expect({ script, code, stderr: code === 0 ? '' : stderr }).toEqual({ script, code: 0, stderr: '' });
      printed.push(stdout);
    }
    const all = printed.join('');
    expect(all.match(/^e2e with a guest$/gm)).toHaveLength(2);
    expect(all.match(/^catalog$/gm)).toHaveLength(1);
    expect(all.match(/^deployed$/gm)).toHaveLength(2);
  });

  it('has recipes that stop a job whose guests cannot get in', async () => {
    const home = newHome();
    project(home);
    const gated = blocks('sh').filter((script) => script.includes('deploy.sh') || script.includes('e2e.mjs'));
    expect(gated).toHaveLength(2);
    for (const script of [...gated, 'make e2e', 'make deploy']) {
      const { code, stdout } = await job(home, script);
      expect(code, script).not.toBe(0);
      expect(stdout).not.toMatch(/^(deployed|e2e with a guest)$/m);
    }
    expect((await job(home, gated[1] ?? '')).code).toBe(5);
  });

  it('has a Makefile each of whose targets runs alone, and with no guest of yesterday', async () => {
    const setUp = blocks('sh')[0] ?? '';
    const fresh = newHome();
    project(fresh);
    expect(await job(fresh, `${setUp}make verify`)).toMatchObject({ code: 0 });
    writeFileSync(join(fresh, 'guest.env'), 'ACCESS_TOKEN=stale\n');
    const { code, stdout } = await job(fresh, 'make e2e');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^e2e with a guest$/m) });
    expect(statSync(join(fresh, 'guest.env')).mode & 0o777).toBe(0o600);
  });

  it('notices guests that nobody has reviewed', async () => {
    const home = newHome();
    const [setUp = '', review = '', look = ''] = blocks('sh').filter((script) => /setup|--matrix/.test(script));
    expect((await job(home, setUp + review + look)).code).toBe(0);
    const more = 'anon-cli api scopes add shop read:orders > /dev/null\n';
    expect((await job(home, more + look)).code).toBe(1);
  });

  it('has a workflow whose steps run on a tenant over HTTP, and whose log shows no token', async () => {
    const home = newHome();
    project(home);
    await job(home, blocks('sh')[0] ?? '');
    const { url } = await serve(home);
    const credentials = await jsonOf<Record<string, string>>(home, ['local', 'show', '--reveal-secrets']);
    const known: Record<string, string> = {
      'vars.AUTH0_DOMAIN': url,
      'vars.AUTH0_CLIENT_ID': credentials.management_client_id ?? '',
      'secrets.AUTH0_CLIENT_SECRET': credentials.management_client_secret ?? '',
    };
    const [workflow = ''] = blocks('yaml');
    const [head = '', ...steps] = workflow.split(/^ {6}- /m);
    const output = join(home, 'step-output');
    const added = join(home, 'step-path');
    writeFileSync(added, '');
    const checkout = newProject();
    const masked = new Set<string>();
    let log = '';
    for (const step of steps.filter((text) => text.includes('run:'))) {
      writeFileSync(output, '');
      const env = { ...variables(head, known), ...variables(step, known), GITHUB_OUTPUT: output, GITHUB_RUN_ID: '7' };
      const { code, stdout, stderr } = await job(checkout, onRunner(checkout, added) + commandOf(step), {
        ...env,
        GITHUB_PATH: added,
      });
      expect({ step, code, stderr }).toEqual({ step, code: 0, stderr: '' });
      for (const [, secret] of stdout.matchAll(/^::add-mask::(.+)$/gm)) masked.add(secret ?? '');
      log += [...masked].reduce((text, secret) => text.replaceAll(secret, '***'), stdout);
      const [, id] = /^ +id: (.+)$/m.exec(step) ?? [];
      for (const [, name, value] of readFileSync(output, 'utf8').matchAll(/^(\w+)=(.*)$/gm)) {
        known[`steps.${id}.outputs.${name}`] = value ?? '';
      }
    }
    expect(masked.size).toBe(2);
    expect(log).toMatch(/^e2e with a guest$/m);
    expect(log).not.toMatch(/eyJ/);
  });
});

/**
 * What a runner does before each step: what steps before have added to GITHUB_PATH is on the PATH. There `anon-cli` is only where
 * `npm ci` has brought it; here a stand-in for npm does, as without a network it could not.
 */
function onRunner(checkout: string, added: string): string {
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

/** A home that knows nothing of the tenant. */
function newProject(): string {
  const home = newHome();
  project(home);
  return home;
}

/** The members of `env:` in a piece of the workflow, with what stands in `${{ }}` filled in. */
function variables(piece: string, known: Readonly<Record<string, string>>): Record<string, string> {
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

/** What `run:` of a step runs: the rest of its line, or the lines under it. */
function commandOf(step: string): string {
  const [, line] = /^ *run: (?!\|)(.+)$/m.exec(step) ?? [];
  return line ?? /^ *run: \|\n([\s\S]+)$/m.exec(step)?.[1] ?? '';
}
