import { describe, expect, it } from 'vitest';
import { commands, groups } from '../../../src/cli/program/commands.ts';
import { route } from '../../../src/cli/program/route.ts';
import { unknownCommand } from '../../../src/cli/program/unknown-command.ts';

/** The commands that the hint about a line names. */
function meant(line: string): string[] {
  const { hint = '' } = unknownCommand(route(line.split(' ')));
  const [, names = ''] = /^Did you mean (.*)\? See anon-cli/.exec(hint) ?? [];
  return [...names.matchAll(/'([^']+)'/g)].map(([, name = '']) => name);
}

describe('an unknown command', () => {
  it.each([
    ['open', ['setup', 'doctor --fix']],
    ['whoami', ['status']],
    ['WhoAmI', ['status']],
    ['create', ['token create', 'app create', 'api create']],
    ['init', ['setup', 'quickstart']],
    ['logout', ['token logout', 'profile remove']],
    ['auth', ['login', 'status']],
    ['guest', ['token create', 'session list']],
    ['decode', ['token decode']],
    ['verify', ['token verify']],
    ['reset', ['local reset']],
    ['watch', ['token watch']],
    ['apps', ['app list']],
    ['apis', ['api list']],
    ['scopes add', ['api scopes add', 'api scopes remove']],
    // The words the other way round, and those of several.
    ['create token', ['token create']],
    ['create app shop', ['app create']],
    ['list apps', ['app list']],
    ['apps create x', ['app create']],
    ['decode token abc', ['token decode']],
    ['app decode', ['token decode']],
    // A letter that is wrong.
    ['statsu', ['status']],
    ['tokne create', ['token create']],
    ['opne', ['setup', 'doctor --fix']],
    ['versoin', ['version']],
    ['xyzzy', []],
    ['toString', []],
    ['__proto__', []],
  ])('%s suggests %j', (line, names) => {
    expect(meant(line)).toEqual(names);
  });

  it('suggests only existing commands', () => {
    const words = ['open', 'env', 'fix', 'guests', 'test', 'metadata', 'upgrade', 'rm', 'serve', 'me', 'users'];
    for (const word of words) {
      const names = meant(word);
      expect(names.length, word).toBeGreaterThan(0);
      for (const name of names) {
        const path = name.split(' --')[0] ?? '';
        expect(path in commands || path in groups, `${word}: ${name}`).toBe(true);
      }
    }
  });
});
