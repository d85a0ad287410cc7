import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { type EditionName, editionNames } from '../../src/wire/edition/edition.ts';
import { newHome, type Run, run } from '../support/bin.ts';
import { type Fault, type FaultyTenant, faults, faultyTenant } from '../support/faulty-tenant.ts';
import { runHere } from '../support/run-here.ts';

const clock = { now: () => Date.now() };
const env = { ANON_KEYRING: 'off' };
const note = 'a-metadata-value-that-nobody-may-tell';

interface Step {
  readonly args: readonly string[];
  /** The content of stdin. */
  readonly input?: string;
}

/** The login to the tenant with its Management API credentials. */
function loginTo({ url, credentials }: FaultyTenant, name: string): Step {
  const { clientId, clientSecret } = credentials;
  return {
    args: ['login', name, '--domain', url, '--client-id', clientId, '--client-secret', '-'],
    input: clientSecret,
  };
}

/** The five steps of the quickstart, on a remote tenant. */
function fiveSteps(edition: EditionName): Step[] {
  const ea = edition === 'ea';
  return [
    { args: ['tenant', 'set-lifetime', '30d'] },
    { args: ['app', 'enable', 'web'] },
    { args: ['api', 'enable', 'shop', '--scopes', 'read:catalog', ...(ea ? ['--app', 'web'] : [])] },
    { args: ['token', 'create', '--app', 'web', '--api', 'shop', ...(ea ? ['--meta', 'language=en'] : [])] },
    { args: ['token', 'update', ...(ea ? [] : ['--meta', 'language=en'])] },
  ];
}

describe.each(editionNames)('a tenant of edition %s', (edition) => {
  // Only where secrets are searched does the process matter, and there one edition is enough.
  const runStory = edition === 'ea' ? run : runHere;

  it('needs no JSON and at most 6 commands for the five steps', async () => {
    const home = newHome();
    const tenant = await faultyTenant(clock, { edition });
    const steps = [loginTo(tenant, 'acme'), ...fiveSteps(edition)];
    for (const { args, input } of steps) {
      const { code, stderr } = await runHere(home, args, { input, env });
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
    }
    expect(steps.length).toBeLessThanOrEqual(6);
    expect(steps.flatMap(({ args }) => args).filter((word) => /[{}[\]]/.test(word))).toEqual([]);
    const { stdout } = await runHere(home, ['token', 'create', '--app', 'web', '--api', 'shop', '--json'], { env });
    expect(JSON.parse(stdout).decoded.access_token.claims).toMatchObject({ scope: 'read:catalog' });
  });

  it('is set up with one command after login, which does nothing the second time', async () => {
    const home = newHome();
    const tenant = await faultyTenant(clock, { edition });
    const { args, input } = loginTo(tenant, 'acme');
    expect(await runHere(home, args, { input, env })).toMatchObject({ code: 0 });
    const setup = ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes', '--json'];
    const first = JSON.parse((await runHere(home, setup, { env })).stdout);
    expect(first.decoded.access_token.claims).toMatchObject({ scope: 'read:catalog' });
    expect(first.requests).not.toEqual([]);
    expect(JSON.parse((await runHere(home, setup, { env })).stdout)).toMatchObject({ requests: [], changes: [] });
  });

  it('never shows a secret unless requested, even when a command fails', {
    timeout: 120_000,
  }, async () => {
    const home = newHome();
    const tenant = await faultyTenant(clock, { edition });
    const kinds = Object.keys(faults) as Fault[];
    const told: Told[] = [];
    for (const [index, step] of [loginTo(tenant, 'acme'), ...story(edition)].entries()) {
      tenant.inject(kinds[index % kinds.length] ?? 'a slow answer', index % 3);
      let ran = await runStep(runStory, home, step, told);
      tenant.calm();
      // A command that failed because of the fault succeeds when it runs again.
      if (ran.code !== 0) ran = await runStep(runStory, home, step, told);
      expect(ran.code, `${step.args.join(' ')}: ${ran.stderr}`).toBe(0);
    }
    await runStep(runStory, home, { ...loginTo(tenant, 'wrong'), input: 'a-secret-that-is-wrong' }, told);
    const secrets = [...tenant.secrets, tenant.credentials.clientSecret, 'a-secret-that-is-wrong'];
    expect(secrets.length).toBeGreaterThan(10);
    expect(told.map(({ stderr }) => stderr).join('')).toMatch(/^debug: (GET|POST|PATCH) /m);
    for (const one of told) expect(leaks(one, secrets), one.command).toEqual([]);
    for (const path of filesBut(home, 'credentials')) {
      const text = readFileSync(path, 'latin1');
      expect(leaksIn(text, [...secrets, note]), path).toEqual([]);
    }
    // Shows that the check above would find a saved secret.
    const kept = filesBut(home, 'none').map((path) => readFileSync(path, 'latin1'));
    expect(leaksIn(kept.join(''), [tenant.credentials.clientSecret])).toHaveLength(1);
  });
});

/** Every command that uses a tenant, some with --json. */
function story(edition: EditionName): Step[] {
  const ea = edition === 'ea';
  const steps = [
    ['profile', 'show'],
    ['profile', 'list'],
    ['tenant', 'show'],
    ...fiveSteps(edition).map(({ args }) => args),
    ea ? ['tenant', 'set-cookie', 'off'] : ['tenant', 'set-format', 'jwt'],
    ['app', 'list'],
    ['app', 'create', 'server', '--type', 'regular_web', '--enable'],
    ['app', 'show', 'web', '--json'],
    ['app', 'show', 'web', '--json', '--reveal-secrets'],
    ['api', 'create', 'news', '--audience', 'urn:news', '--scopes', 'read:news'],
    ['api', 'list'],
    ['api', 'scopes', 'add', 'shop', 'write:cart', ...(ea ? ['--app', 'web'] : [])],
    ['setup', '--app', 'server', '--api', 'news', '--scopes', 'read:news', '--yes'],
    ['token', 'create', '--app', 'server', '--api', 'news', '--meta', `note=${note}`],
    ['token', 'create', '--app', 'web', '--api', 'shop', '--meta', `note=${note}`, '--json'],
    ['token', 'update', '--app', 'web', ...(ea ? [] : ['--meta', `note=${note}2`])],
    ['token', 'decode'],
    ['doctor', '--app', 'web', '--api', 'shop', '--probe'],
    ['api', 'disable', 'shop'],
    ['doctor', '--app', 'web', '--api', 'shop', '--fix', '--yes'],
    ['doctor', '--matrix'],
    ['app', 'disable', 'server'],
    ['profile', 'set', 'production', 'on'],
  ];
  return steps.map((args) => ({ args }));
}

interface Told extends Run {
  readonly command: string;
}

async function runStep(runs: typeof runHere, home: string, { args, input }: Step, told: Told[]): Promise<Run> {
  const ran = await runs(home, [...args, '--debug'], { ...(input !== undefined && { input }), env });
  told.push({ ...ran, command: args.join(' ') });
  expect(exitCodes.map(({ code }) => code)).toContain(ran.code);
  return ran;
}

/** The secrets that a command printed. With --json or --field, stdout may have them: they were requested. */
function leaks({ command, stdout, stderr }: Told, secrets: readonly string[]): string[] {
  const shown = / --(json|field)\b/.test(command) ? '' : stdout;
  return [...leaksIn(shown, secrets), ...leaksIn(stderr, [...secrets, note])];
}

/** Also searches for the secret parts of tokens; their header is not secret, and many tokens share it. */
function leaksIn(text: string, secrets: readonly string[]): string[] {
  const parts = secrets.flatMap((secret) => {
    const [, ...rest] = secret.split('.');
    return [secret, ...rest.filter((part) => part.length >= 20).map((part) => part.slice(0, 20))];
  });
  return parts.filter((part) => text.includes(part)).map((part) => `${part.slice(0, 4)}…`);
}

function filesBut(home: string, folder: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.split(sep).includes(folder))
    .map((path) => join(home, path))
    .filter((path) => statSync(path).isFile());
}
