import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../../src/wire/edition/edition.ts';
import { changeDocument, freshMachine, servedTenant, useRemote } from '../../../support/command.ts';

/** A machine with a session at a tenant that, when it is told to, refuses everything and repeats what it was told. */
async function machineAtParrot(edition: EditionName, status = 400) {
  const machine = await freshMachine();
  const parrot = { error: 'invalid_request', words: '', on: false };
  const tenant = await servedTenant(machine.clock, {
    edition,
    answer: (request) => {
      if (!parrot.on || !new URL(request.url).pathname.startsWith('/anonymous/')) return undefined;
      return request
        .text()
        .then((body) =>
          Response.json({ error: parrot.error, error_description: `${parrot.words} You said ${body}` }, { status }),
        );
    },
  });
  await changeDocument(tenant.store, 'client', 'web', { oidc_conformant: true });
  await useRemote(machine, tenant);
  await machine.open();
  return { machine, parrot };
}

const values = ['chocolate ice-cream', 'zq"9\\x', '48151', 'ünïque väl'];
const assigned = values.flatMap((value, index) => ['--meta', `k${index}${index === 2 ? ':' : ''}=${value}`]);

function expectNone(text: string): void {
  for (const value of values) {
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) {
      expect(text).not.toContain(form);
    }
  }
}

describe.each(['preview', 'ea'] as const)('a tenant that repeats metadata in a refusal (%s)', (edition) => {
  it.each([
    [['token', 'create', ...assigned]],
    [['token', 'create', '--count', '2', ...assigned]],
    [['token', 'create', '--session', 'other', ...assigned, '--json']],
    [['token', 'get', '--session', 'other', '--create', ...assigned]],
    [['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes', ...assigned]],
  ])('is not repeated by %j', async (command) => {
    const { machine, parrot } = await machineAtParrot(edition);
    parrot.on = true;
    const { code, stderr } = await machine.run(...command);
    expect(code).not.toBe(0);
    expect(stderr).toContain('You said');
    expectNone(stderr);
  });

  it.each([
    [['token', 'update']],
    [['token', 'update', '--replace', '--meta', 'k9=another']],
    [['token', 'renew']],
    [['token', 'get', '--scope', 'read:catalog']],
    ...(edition === 'ea' ? [[['token', 'transfer']], [['token', 'logout']]] : []),
  ])('is not repeated by %j, for metadata that the session has', async (command) => {
    const { machine, parrot } = await machineAtParrot(edition);
    await machine.done('token', 'create', ...assigned);
    Object.assign(parrot, { on: true, words: `You have ${values.join(' and ')}.` });
    const { code, stderr } = await machine.run(...command);
    expect(code).not.toBe(0);
    expect(stderr).toContain('You have ***');
    expectNone(stderr);
  });
});
