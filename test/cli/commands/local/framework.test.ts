import { parseEnv } from 'node:util';
import { auth as jwtBearer } from 'express-oauth2-jwt-bearer';
import { auth as openidConnect } from 'express-openid-connect';
import { describe, expect, it } from 'vitest';
import { frameworkFacts, frameworkNames, frameworkVariables } from '../../../../src/domain/app/app-variables.ts';
import { documentNamed, freshMachine, type Machine } from '../../../support/command.ts';

async function machineWithServer(): Promise<Machine> {
  const machine = await freshMachine();
  await machine.done('app', 'create', 'server', '--type', 'regular_web');
  return machine;
}

async function printedFor(machine: Machine, framework: string, app: string, ...more: string[]) {
  const args = ['local', 'env', '--framework', framework, '--app', app, '--format', 'dotenv', ...more];
  const { stdout, stderr } = await machine.done(...args);
  return { variables: parseEnv(stdout), stderr };
}

/** Calls `use` with nothing but these variables. */
function within<Result>(variables: NodeJS.Dict<string>, use: () => Result): Result {
  const before = process.env;
  process.env = { ...variables };
  try {
    return use();
  } finally {
    process.env = before;
  }
}

const localhostHint =
  '@auth0/nextjs-auth0 4.28 and later accept localhost with new Auth0Client({ allowInsecureRequests: true }).\n';

const hex = expect.stringMatching(/^[\da-f]{64}$/);

describe('local env --framework', () => {
  it('names the variables as each SDK names them', async () => {
    const machine = await machineWithServer();
    const { client_id, client_secret } = await documentNamed(machine.store, 'client', 'server');
    const { path: ca } = (await machine.done('local', 'ca', '--json')).json;
    const printed = async (framework: string) =>
      (await printedFor(machine, framework, 'server', '--reveal-secrets')).variables;
    const [audience, baseUrl] = ['https://api.shop.example', 'http://localhost:3000'];
    expect(await printed('next')).toEqual({
      ...{ AUTH0_DOMAIN: 'https://localhost:4400', AUTH0_CLIENT_ID: client_id, AUTH0_CLIENT_SECRET: client_secret },
      ...{ AUTH0_SECRET: hex, AUTH0_AUDIENCE: audience, APP_BASE_URL: baseUrl, NODE_EXTRA_CA_CERTS: ca },
    });
    expect(await printed('nuxt')).toEqual({
      ...{ NUXT_AUTH0_DOMAIN: 'localhost:4400', NUXT_AUTH0_CLIENT_ID: client_id },
      ...{ NUXT_AUTH0_CLIENT_SECRET: client_secret, NUXT_AUTH0_SESSION_SECRET: hex, NUXT_AUTH0_AUDIENCE: audience },
      ...{ NUXT_AUTH0_APP_BASE_URL: baseUrl, NODE_EXTRA_CA_CERTS: ca },
    });
    expect(await printed('spa')).toEqual({
      ...{ VITE_AUTH0_DOMAIN: 'localhost:4400', VITE_AUTH0_CLIENT_ID: client_id, VITE_AUTH0_AUDIENCE: audience },
    });
    expect(await printed('express')).toEqual({
      ...{ ISSUER_BASE_URL: 'https://localhost:4400', CLIENT_ID: client_id, CLIENT_SECRET: client_secret },
      ...{ SECRET: hex, BASE_URL: baseUrl, NODE_EXTRA_CA_CERTS: ca },
    });
    expect(await printed('express-api')).toEqual({
      ...{ ISSUER_BASE_URL: 'https://localhost:4400', AUDIENCE: audience, NODE_EXTRA_CA_CERTS: ca },
    });
  });

  it('gives the Express SDKs all that they need, which read it themselves', async () => {
    const machine = await machineWithServer();
    const { variables } = await printedFor(machine, 'express', 'server', '--reveal-secrets');
    const { variables: ofApi } = await printedFor(machine, 'express-api', 'server');
    expect(within(variables, () => openidConnect())).toBeTypeOf('function');
    expect(within(ofApi, () => jwtBearer())).toBeTypeOf('function');
    for (const name of Object.keys(variables).filter((each) => !/^(NODE_EXTRA|CLIENT_SECRET)/.test(each))) {
      expect(() => within({ ...variables, [name]: undefined }, () => openidConnect()), name).toThrow();
    }
    for (const name of ['ISSUER_BASE_URL', 'AUDIENCE']) {
      expect(() => within({ ...ofApi, [name]: undefined }, () => jwtBearer()), name).toThrow();
    }
  });

  it('leaves secrets out unless they are requested, and says so', async () => {
    const machine = await machineWithServer();
    const { variables, stderr } = await printedFor(machine, 'next', 'server');
    expect(Object.keys(variables).filter((name) => name.includes('SECRET'))).toEqual([]);
    expect(stderr).toBe(
      `warning: AUTH0_CLIENT_SECRET and AUTH0_SECRET are left out. To include secrets: --reveal-secrets\n${localhostHint}`,
    );
    const revealed = async () => printedFor(machine, 'next', 'server', '--reveal-secrets');
    const [first, second] = [await revealed(), await revealed()];
    expect(first.stderr).toBe(
      `AUTH0_SECRET is new. With another value, the sessions of your app end.\n${localhostHint}`,
    );
    expect(first.variables.AUTH0_SECRET).not.toBe(second.variables.AUTH0_SECRET);
    expect((await printedFor(machine, 'spa', 'web')).stderr).toBe('');
    expect((await printedFor(machine, 'express', 'web')).stderr).toBe(
      'warning: SECRET is left out. To include secrets: --reveal-secrets\n',
    );
  });

  it('gives the SDK for Next.js a domain without a port where there is none, and no hint for other names', async () => {
    const values = { issuer: 'https://tenant.test/', clientId: 'c', audience: 'a', authority: undefined };
    expect(frameworkVariables('next', { ...values, url: 'https://tenant.test' }).AUTH0_DOMAIN).toBe('tenant.test');
    const { hintFor } = frameworkFacts('next');
    expect(hintFor?.({ ...values, url: 'https://tenant.test:4400' })).toBeUndefined();
  });

  it('warns of an application that the SDK cannot use', async () => {
    const { stderr } = await printedFor(await machineWithServer(), 'next', 'web', '--reveal-secrets');
    expect(stderr).toContain('warning: web has no secret, and @auth0/nextjs-auth0 needs one: anon-cli app create ');
  });

  it('has the same names in JSON, for a shell and for the outputs of a step', async () => {
    const machine = await freshMachine();
    const of = (...args: string[]) => machine.done('local', 'env', '--framework', 'express-api', ...args);
    const { json } = await of('--json');
    expect(Object.keys(json)).toEqual(['ISSUER_BASE_URL', 'AUDIENCE', 'NODE_EXTRA_CA_CERTS']);
    expect((await of('--format', 'env')).stdout).toContain("export ISSUER_BASE_URL='https://localhost:4400'\n");
    machine.env.GITHUB_OUTPUT = machine.file('outputs', '');
    await of('--format', 'github');
    expect((await of('--field', 'AUDIENCE')).stdout).toBe('https://api.shop.example\n');
  });

  it('names its frameworks where it knows none with that name', async () => {
    const { jsonError } = await (await freshMachine()).run('local', 'env', '--framework', 'nxet', '--json');
    expect(jsonError).toMatchObject({
      code: 'usage',
      message: "Unknown framework 'nxet'.",
      hint: 'Did you mean next?',
    });
    expect(frameworkNames).toEqual(['next', 'nuxt', 'spa', 'express', 'express-api']);
  });
});
