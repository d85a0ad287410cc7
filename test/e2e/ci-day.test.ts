import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome, preparedHome, type Run } from '../support/bin.ts';
import { blocks, commandOf, job, newProject, project, shop } from '../support/ci-page.ts';
import { freePort } from '../support/free-port.ts';
import { answering } from '../support/http-server.ts';
import { jsonOf, serve } from '../support/local-server.ts';
import { runHere } from '../support/run-here.ts';

/** What a recipe for a local tenant has. */
const ownTenant = /ANON_PROFILE=local|anon-cli local exec /;

/** Every recipe on the page for the tenant of the environment, as separate jobs: scripts, workflow steps and Makefile targets. */
const recipes: readonly string[] = [
  ...blocks('sh').filter((script) => script.includes('anon-cli ') && !ownTenant.test(script)),
  ...blocks('yaml')
    .flatMap(stepsOf)
    .filter((script) => script.includes('anon-cli ')),
  ...[
    ...blocks('make')
      .join('')
      .matchAll(/^(\w[\w.-]*):/gm),
  ].map(([, target]) => `make ${target}\n`),
];

/** The commands of a workflow's steps. */
function stepsOf(workflow: string): string[] {
  return workflow
    .split(/^ {6}- /m)
    .slice(1)
    .map(commandOf);
}

/** The job's secrets, which are set whether or not the AUTH0_DOMAIN variable is right. */
const credentials = { AUTH0_CLIENT_ID: 'the-client-of-the-job', AUTH0_CLIENT_SECRET: 'the-secret-of-the-job' };

/** A machine with a local tenant that has issued guest tokens, and so could wrongly answer for the configured tenant. */
function embeddedMachine(): Promise<string> {
  return preparedHome('the jobs of yesterday', async (home) => {
    project(home);
    const yesterday = blocks('sh').filter((script) => script.includes('anon-cli '));
    const { code, stderr } = await job(home, yesterday.join(''), { ...runnerOf(home), SHOP_URL: await shop() });
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });
}

/** The environment variables that a runner sets for every job. */
function runnerOf(home: string): Record<string, string> {
  const output = join(home, 'step-output');
  writeFileSync(output, '');
  return { CI: 'true', GITHUB_OUTPUT: output, GITHUB_RUN_ID: '7', ANON_APP: 'web', ANON_API: 'shop' };
}

/** Wrong values of AUTH0_DOMAIN: a description, the value, and the exit code of a job that uses it. */
const wrongDomains: readonly (readonly [string, () => Promise<string | undefined>, number])[] = [
  ['is not set', async () => undefined, 2],
  ['is empty', async () => '', 2],
  ['is blank', async () => ' \r\n', 2],
  ['still holds its placeholder', async () => '$' + '{{ vars.AUTH0_DOMAIN }}', 2],
  ['is a company name', async () => 'Acme Corp', 2],
  ['is the address of an API', async () => 'https://acme.eu.auth0.com/api/v2/', 2],
  ['is an email address', async () => 'admin@acme.eu.auth0.com', 2],
  ['is a website that returns 404', () => saying(404, 'text/html', '<html><h1>Not Found</h1></html>'), 6],
  [
    'is a website that returns the same page for every path',
    () => saying(200, 'text/html', '<!doctype html><title>Acme</title>'),
    6,
  ],
  ['is another API', () => saying(404, 'application/json', '{"message":"Not Found"}'), 6],
  ['is a host that refuses connections', async () => `http://127.0.0.1:${await freePort()}`, 6],
  ['is a host that refuses connections over TLS', async () => `localhost:${await freePort()}`, 6],
];

function saying(status: number, type: string, body: string): Promise<string> {
  return answering((_, response) => response.writeHead(status, { 'content-type': type }).end(body));
}

/** One that ends commands with 2, and one that ends them with 6. */
const oneOfEach = wrongDomains.filter(([what]) => /^is not set$|refuses connections$/.test(what));

/** The environment of a job with a wrong AUTH0_DOMAIN, and what its errors must name. */
async function wrongJob(home: string, domainOf: () => Promise<string | undefined>, code: number) {
  const domain = await domainOf();
  const env: Record<string, string> = { ...runnerOf(home), ...credentials };
  if (domain !== undefined) env.AUTH0_DOMAIN = domain;
  return { env, named: code === 2 ? 'AUTH0_DOMAIN' : (domain ?? '').replace('http://', '') };
}

describe('every recipe of docs/ci.md stops its job and reports the cause when AUTH0_DOMAIN', () => {
  it.each(oneOfEach)('%s', { timeout: 90_000 }, async (_, domainOf, code) => {
    const home = await embeddedMachine();
    const given = readFileSync(join(home, 'guest.token'));
    const { env, named } = await wrongJob(home, domainOf, code);
    const wrong: string[] = [];
    for (const script of recipes) {
      // Each script is a separate job, and starts with the original file.
      writeFileSync(join(home, 'guest.token'), given);
      const ran = await job(home, script, { ...env, SHOP_URL: 'http://127.0.0.1:1' });
      wrong.push(...complaintsOf(script, ran, { code, named }));
    }
    expect(wrong.join('\n')).toBe('');
    expect(readFileSync(env.GITHUB_OUTPUT ?? '', 'utf8')).toBe('');
  });
});

/** The first command of every recipe, as a shell passes it on to the program: in a job that fails, no other runs. */
async function firstCommands(): Promise<string[][]> {
  const home = newProject();
  const [folder, file] = [join(home, 'bin'), join(home, 'words')];
  mkdirSync(folder);
  const standIn = '#!/bin/sh\nprintf "%s\\0" "$@" >> "$HOME/words"\nprintf "\\1" >> "$HOME/words"\nexit 2\n';
  writeFileSync(join(folder, 'anon-cli'), standIn, { mode: 0o755 });
  for (const script of recipes) await job(home, script, { SHOP_URL: 'http://127.0.0.1:1' });
  const lines = readFileSync(file, 'utf8').split('\u0001').slice(0, -1);
  return lines.map((line) => line.split('\0').slice(0, -1));
}

describe('the first command of every recipe ends with the same code and reports the cause when AUTH0_DOMAIN', () => {
  let commands: string[][] | undefined;
  it.each(wrongDomains)('%s', { timeout: 90_000 }, async (_, domainOf, code) => {
    commands ??= await firstCommands();
    expect(commands.length).toBeGreaterThanOrEqual(recipes.length);
    const home = await embeddedMachine();
    const { env, named } = await wrongJob(home, domainOf, code);
    for (const words of commands) {
      const args = words.map((word) => word.replace('@guest.token', `@${join(home, 'guest.token')}`));
      const ran = await runHere(home, args, { env, input: '' });
      expect({ words, code: ran.code, stdout: ran.stdout, stderr: ran.stderr }).toEqual({
        ...{ words, code, stdout: expect.not.stringContaining('eyJ'), stderr: expect.stringContaining(named) },
      });
      expect(ran.stderr).not.toContain(credentials.AUTH0_CLIENT_SECRET);
    }
  });
});

/** The faults in a job that should have stopped with the expected exit code. */
function complaintsOf(
  script: string,
  { code, stdout, stderr }: Run,
  expected: { code: number; named: string },
): string[] {
  const found: string[] = [];
  const expectThat = (isSo: boolean, complaint: string) => {
    if (!isSo) found.push(`${complaint}\n  ${script.trim().replaceAll('\n', '\n  ')}\n  stderr: ${stderr}`);
  };
  // make always exits with 2 on a failure, and a script that checks the code itself exits with 1.
  const isMade = script.startsWith('make ');
  const looks = script.includes('code=$?');
  const ends = isMade ? 2 : looks ? 1 : expected.code;
  expectThat(code === ends, `ends with ${code}, not with ${ends}`);
  if (isMade) expectThat(stderr.includes(`Error ${expected.code}\n`), `make does not report ${expected.code}`);
  if (looks)
    expectThat(stderr.includes(`ended with ${expected.code}`), `does not say that it ended with ${expected.code}`);
  expectThat(stderr.includes(expected.named), `does not name ${expected.named}`);
  expectThat(
    !/eyJ|^(deployed|catalog|e2e with a guest)$/m.test(stdout),
    `goes on all the same: ${stdout.slice(0, 200)}`,
  );
  expectThat(!stderr.includes(credentials.AUTH0_CLIENT_SECRET), 'tells the secret');
  return found;
}

describe('every recipe of docs/ci.md works', () => {
  it.each([
    ['exactly as expected', (url: string) => url],
    ['with quotes, a slash and a line break around it', (url: string) => `"${url}/"\r\n`],
  ])('with the right AUTH0_DOMAIN, %s', { timeout: 90_000 }, async (_, written) => {
    const server = newHome();
    await jsonOf(server, ['local', 'show']);
    const { url } = await serve(server);
    const shown = await jsonOf<Record<string, string>>(server, ['local', 'show', '--reveal-secrets']);
    const home = newProject();
    const env: Record<string, string> = {
      ...runnerOf(home),
      AUTH0_DOMAIN: written(url),
      AUTH0_CLIENT_ID: shown.management_client_id ?? '',
      AUTH0_CLIENT_SECRET: shown.management_client_secret ?? '',
      SHOP_URL: await shop(),
    };
    let log = '';
    for (const script of recipes) {
      const { code, stdout, stderr } = await job(home, script, env);
      expect({ script, code, stderr: code === 0 ? '' : stderr }).toEqual({ script, code: 0, stderr: '' });
      log += stdout;
    }
    expect(log.match(/^deployed$/gm)?.length).toBe(2);
    expect(log.match(/^catalog$/gm)?.length).toBe(1);
    expect(log.match(/^e2e with a guest$/gm)?.length).toBe(2);
    expect(readFileSync(env.GITHUB_OUTPUT ?? '', 'utf8')).toMatch(/^access_token=eyJ/m);
  });
});

/** Output without a passed check, a token, or the output of a later line. */
const nothingGood = expect.not.stringMatching(/✔|eyJ|deployed/);

describe('a pipeline whose producer fails', () => {
  it('under set -e fails with exit code 3 at the verification, and never uses the saved session', async () => {
    const home = await embeddedMachine();
    const env = { ...runnerOf(home), ...credentials, AUTH0_DOMAIN: `http://127.0.0.1:${await freePort()}` };
    const producers = ['anon-cli token create --field access_token', 'false', 'printf ""', 'cat nothing.txt'];
    for (const producer of producers) {
      for (const consumer of ['anon-cli token verify', 'anon-cli token verify -', 'anon-cli token decode']) {
        const line = `${producer} | ${consumer}`;
        const { code, stdout } = await job(home, `${line}\n./deploy.sh`, env);
        expect({ line, code, stdout }).toEqual({ line, code: 3, stdout: nothingGood });
      }
    }
  });

  it('does the same with the local tenant, which has a saved session', async () => {
    const home = await embeddedMachine();
    const { code, stdout } = await job(home, 'false | anon-cli token verify --guest\n./deploy.sh', runnerOf(home));
    expect({ code, stdout }).toEqual({ code: 3, stdout: nothingGood });
    const file = 'anon-cli token verify --guest < nothing.txt\n./deploy.sh';
    writeFileSync(join(home, 'nothing.txt'), '');
    expect(await job(home, file, runnerOf(home))).toMatchObject({ code: 3, stdout: nothingGood });
  });
});
