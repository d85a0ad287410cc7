import { describe, expect, it } from 'vitest';
import { openMachine } from '../../support/command.ts';

const access = ['--scopes', 'read:catalog'];

/** Every command that takes the name of an existing thing, with a name that nothing has. */
const lookups: Record<string, { similar: string; message: unknown; commands: string[][] }> = {
  application: {
    similar: "Did you mean 'web'?",
    message: "Application 'webb' not found.",
    commands: [
      ['app', 'show', 'webb'],
      ['app', 'enable', 'webb'],
      ['app', 'disable', 'webb'],
      ['app', 'delete', 'webb'],
      ['api', 'enable', 'shop', '--app', 'webb', ...access],
      ['claims', 'list', '--app', 'webb'],
      ['claims', 'set', 'language', 'metadata.language', '--app', 'webb'],
      ['claims', 'remove', 'language', '--app', 'webb'],
      ['token', 'create', '--app', 'webb'],
      ['token', 'create', '--app', 'webb', '--count', '2'],
      ['doctor', '--app', 'webb'],
      ['doctor', '--app', 'webb', '--fix', '--yes', ...access],
      ['doctor', '--app', 'webb', '--matrix'],
      ['setup', '--app', 'webb', '--yes', ...access],
      ['profile', 'set', 'app', 'webb'],
    ],
  },
  API: {
    similar: "Did you mean 'shop'?",
    message: "API 'shoop' not found.",
    commands: [
      ['api', 'show', 'shoop'],
      ['api', 'enable', 'shoop', ...access],
      ['api', 'disable', 'shoop'],
      ['api', 'delete', 'shoop'],
      ['api', 'scopes', 'add', 'shoop', 'read:catalog'],
      ['api', 'scopes', 'remove', 'shoop', 'read:catalog'],
      ['token', 'create', '--api', 'shoop'],
      ['token', 'create', '--api', 'shoop', '--count', '2'],
      ['doctor', '--api', 'shoop'],
      ['doctor', '--api', 'shoop', '--fix', '--yes', ...access],
      ['doctor', '--api', 'shoop', '--matrix'],
      ['setup', '--api', 'shoop', '--yes', ...access],
      ['profile', 'set', 'api', 'shoop'],
    ],
  },
  profile: {
    similar: "Did you mean 'local'?",
    message: expect.stringMatching(/profile 'locl'/i),
    commands: [
      ['profile', 'show', 'locl'],
      ['profile', 'use', 'locl'],
      ['profile', 'remove', 'locl'],
      ['profile', 'set', 'app', 'web', '--profile', 'locl'],
      ['app', 'list', '--profile', 'locl'],
      ['token', 'create', '--profile', 'locl'],
      ['session', 'list', '--profile', 'locl'],
      ['status', '--profile', 'locl'],
      ['doctor', '--profile', 'locl'],
    ],
  },
};

/** In edition preview claims belong to applications, in ea to APIs. */
const inPreview = (words: readonly string[]) => words[0] === 'claims';

describe.each(Object.entries(lookups))('an unknown %s', (_, { similar, message, commands }) => {
  it.each(commands.map((words) => [words.join(' '), words] as const))('%s', async (_line, words) => {
    const machine = await openMachine({ edition: inPreview(words) ? 'preview' : 'ea' });
    const { code, stderr } = await machine.run(...words, '--json');
    const { error } = JSON.parse(stderr);
    expect({ code, error }).toMatchObject({ code: 1, error: { code: 'not_found', message } });
    expect(error.hint).toContain(similar);
  });
});

it.each(['preview', 'ea'] as const)('an unknown claim, in edition %s', async (edition) => {
  const machine = await openMachine({ edition });
  const { code, jsonError } = await machine.run('claims', 'remove', 'langauge', '--json');
  expect({ code, error: jsonError.code }).toEqual({ code: 1, error: 'not_found' });
  expect(jsonError.message).toContain("'langauge'");
});
