import { describe, expect, it } from 'vitest';
import { quickstartCommand } from '../../../src/cli/commands/quickstart.ts';
import { freshMachine, openMachine, parsed, servedTenant, useRemote, wordsOf } from '../../support/command.ts';

describe('quickstart', () => {
  it('takes a new tenant through all five steps to two decoded tokens with metadata in the session', async () => {
    const { done } = await freshMachine();
    const { stdout, stderr } = await done('quickstart');
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/^.{81,}$/m);
    const steps = [...stdout.matchAll(/^(\d) {2}(\w+) +✔ (.*)$/gm)].map(([, number, title, outcome]) => [
      number,
      title,
      outcome,
    ]);
    expect(steps).toEqual([
      ['1', 'tenant', 'sessions live 30 days, session tokens are JWE (no changes)'],
      ['2', 'app', 'web may create guest sessions'],
      ['3', 'api', 'guests of shop get read:catalog write:cart'],
      ['4', 'create', expect.stringMatching(/^guest anon\|[\w-]{36} has a session$/)],
      ['5', 'update', 'metadata merged, two new tokens'],
    ]);
    expect(stdout).toMatch(/\nSession token .*\n {2}✔ decrypted and authentic: /);
    expect(stdout).toMatch(/metadata +\{"language":"en","country":"US"\}\n/);
    expect(stdout).toMatch(/\nAccess token .*\n {2}✔ signature verified: /);
  });

  it('names a command for each step, and these commands work on a new tenant', async () => {
    const first = await freshMachine();
    const { json } = await first.done('quickstart', '--json');
    expect(json.steps.map(({ step }: { step: string }) => step)).toEqual(['tenant', 'app', 'api', 'create', 'update']);
    const { done } = await freshMachine();
    const commands = json.steps.flatMap(({ commands }: { commands: string[] }) => commands);
    expect(commands).toHaveLength(6);
    for (const command of commands) await done(...wordsOf(command));
    expect((await done('token', 'decode', '--field', 'session_token.claims.metadata')).json).toEqual({
      language: 'en',
      country: 'US',
    });
  });

  it('reports no changes the second time, and creates another session', async () => {
    const { done } = await freshMachine();
    const { json: first } = await done('quickstart', '--json');
    const { json: second } = await done('quickstart', '--json');
    expect(second.steps.map(({ changed }: { changed: boolean }) => changed)).toEqual([false, false, false, true, true]);
    expect(second.decoded.access_token.claims.sub).not.toBe(first.decoded.access_token.claims.sub);
    expect((await done('quickstart')).stdout).toContain(
      `\nSaved in place of guest ${second.decoded.access_token.claims.sub}.\n`,
    );
    const { stdout } = await done('quickstart');
    expect(stdout.match(/\(no changes\)/g)).toHaveLength(3);
  });

  it('repairs what is in the way, and leaves deliberate settings alone', async () => {
    const { done } = await openMachine();
    await done('tenant', 'set-lifetime', '1h');
    await done('tenant', 'set-format', 'jwt');
    await done('api', 'scopes', 'add', 'shop', 'read:orders');
    await done('api', 'scopes', 'remove', 'shop', 'read:catalog', 'write:cart');
    const { json } = await done('quickstart', '--json');
    expect(json.steps[0]).toMatchObject({ changed: true, outcome: 'sessions live 30 days, session tokens are JWE' });
    expect(json.scope).toBe('read:orders');
    await done('tenant', 'set-lifetime', '1y');
    await done('quickstart');
    expect((await done('tenant', 'show', '--field', 'session_lifetime')).stdout).toBe('31536000\n');
  });

  it('saves the session and the defaults for later commands', async () => {
    const { done } = await freshMachine();
    await done('quickstart');
    await done('app', 'create', 'kiosk', '--enable');
    expect((await done('token', 'create', '--json')).json).toMatchObject({
      app: { name: 'web' },
      api: { name: 'shop' },
    });
    expect(
      (await done('token', 'update', '--meta', 'a=1', '--field', 'decoded.session_token.claims.metadata')).json,
    ).toEqual({
      a: '1',
    });
  });

  it('uses the local tenant, whatever the current profile is', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const { json } = await machine.done('quickstart', '--json');
    expect(tenant.requests).toEqual([]);
    expect(json.steps[1].commands).toEqual(['anon-cli app enable web --profile local']);
    expect(await machine.run('quickstart', '--profile', 'remote')).toMatchObject({
      code: 2,
      stderr: 'error: The quickstart runs on the local tenant only.\nhint:  Leave --profile out.\n',
    });
  });

  it('authenticates as a confidential application with its secret', async () => {
    const { done } = await freshMachine();
    await done('app', 'create', 'server', '--type', 'regular_web');
    await done('profile', 'set', 'app', 'server');
    expect((await done('quickstart', '--json')).json.steps[1].outcome).toBe('server may create guest sessions');
  });

  it('prints a single value', async () => {
    const { done } = await freshMachine();
    expect((await done('quickstart', '--field', 'session_token')).stdout).toMatch(
      /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+\n$/,
    );
  });

  it('accepts only global options', async () => {
    expect(await parsed(quickstartCommand, '--json')).toEqual([{ json: true }]);
    await expect(parsed(quickstartCommand, 'now')).rejects.toMatchObject({ code: 'usage' });
  });
});
