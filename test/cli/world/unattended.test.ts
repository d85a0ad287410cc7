import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine, servedTenant, useRemote } from '../../support/command.ts';

/** What disables questions: what is put in front of a command line, and what is in the environment. */
const ways: [string, readonly string[], Record<string, string>][] = [
  ['--no-input', ['--no-input'], {}],
  ['ANON_NO_INPUT', [], { ANON_NO_INPUT: '1' }],
  ['ANON_NO_INPUT', [], { ANON_NO_INPUT: 'true\r' }],
  ['CI', [], { CI: 'true' }],
  ['CI', [], { CI: '1' }],
  ['CI', [], { CI: 'woodpecker' }],
];

/** A machine with a person at its terminal, who is asked nothing: being asked fails the test. */
async function atTerminal(): Promise<Machine> {
  const machine = await openMachine();
  machine.terminal.interactive = true;
  return machine;
}

/** What a narrow terminal shows on several lines. */
const onOneLine = (text: string) => text.trim().replaceAll(/\s+/g, ' ');

describe.each(ways)(
  'with %s %j %j no question is asked on a terminal, and what is missing is named:',
  (name, before, env) => {
    it.each([
      ['login', 'No --domain given'],
      ['login acme --domain acme.example', '--client-id <id> with --client-secret -'],
      ['setup --create-app kiosk', '--yes'],
      ['setup --app web --create-api news', '--audience <uri>'],
      ['setup --app nobody', '--create-app nobody'],
      ['setup --app web --api shop --scopes read:catalog,write:cart --lifetime 90d', '--yes'],
      ['doctor --fix', '--yes'],
      ['local reset', '--yes'],
    ])('%s', async (line, missing) => {
      const machine = await atTerminal();
      if (line.startsWith('doctor')) await machine.done('app', 'disable', 'web');
      if (line.includes('create-api'))
        await machine.done('api', 'create', 'other', '--audience', 'urn:other', '--scopes', 'a');
      Object.assign(machine.env, env);
      const { code, stdout, stderr } = await machine.run(...before, ...line.split(' '));
      expect({ code, stdout, asked: machine.questions }).toEqual({
        code: line.includes('nobody') ? 1 : 2,
        stdout: '',
        asked: [],
      });
      expect(stderr).toContain(missing);
      expect(stderr).not.toContain('there is no terminal');
      if (missing === '--yes') expect(onOneLine(stderr)).toContain(`, and ${name} disables questions.`);
    });

    it('a profile marked as production', async () => {
      const machine = await atTerminal();
      await useRemote(machine, await servedTenant(machine.clock));
      await machine.done('profile', 'set', 'production', 'on');
      Object.assign(machine.env, env);
      const { code, stderr } = await machine.run('tenant', 'set-lifetime', '90d', ...before);
      expect(code).toBe(2);
      expect(onOneLine(stderr)).toBe(
        `error: Profile 'remote' is marked production: this change needs confirmation, and ${name} disables questions. hint: Preview it with --dry-run, then pass --yes.`,
      );
      expect(machine.questions).toEqual([]);
      for (const line of ['set production off', 'remove remote']) {
        const refused = await machine.run(...before, 'profile', ...line.split(' '));
        expect(refused.code).toBe(2);
        expect(onOneLine(refused.stderr)).toContain(`, and ${name} disables questions. hint: To confirm, pass --yes.`);
      }
      expect(machine.questions).toEqual([]);
    });

    it('a value from stdin', async () => {
      const machine = await atTerminal();
      Object.assign(machine.env, env);
      const { code, stderr } = await machine.run(...before, 'token', 'decode', '-');
      expect(code).toBe(2);
      expect(onOneLine(stderr)).toBe(`error: stdin is a terminal, and ${name} disables input from it.`);
    });
  },
);

it.each([{}, { CI: '' }, { CI: 'false' }, { CI: '0' }, { ANON_NO_INPUT: '0' }, { ANON_NO_INPUT: '' }])(
  'questions are asked with %j, and --no-input after -- is not an option',
  async (env) => {
    const machine = await atTerminal();
    Object.assign(machine.env, env);
    machine.answers.push(false);
    expect(await machine.run('local', 'reset')).toMatchObject({ code: 1 });
    expect(machine.questions).toHaveLength(1);
    expect(await machine.run('local', 'reset', '--', '--no-input')).toMatchObject({ code: 2 });
  },
);

it('--no-input is accepted by every command, also one without questions', async () => {
  const machine = await freshMachine();
  await machine.done('--no-input', 'tenant', 'show');
  await machine.done('profile', 'list', '--no-input');
});
