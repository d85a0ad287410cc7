import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../../src/cli/commands/define-command.ts';
import { parsed } from '../../support/command.ts';

const command = defineCommand({
  description: 'try every kind of option',
  args: { '<api>': 'an API', '[app]': 'an application', '[more...]': 'more' },
  options: {
    '--scopes <list>': { description: 'scopes', alias: '--scope <list>' },
    '--type <type>': { description: 'a type', default: 'spa', alias: '--kind <type>' },
    '--port <port>': { description: 'ports', repeatable: true, parse: Number },
    '-y, --yes': "don't ask",
    '--no-save': 'save nothing',
    '--guest': 'guests only',
    '--no-guest': 'no guests',
  },
  calls: 'nothing',
  examples: ['version'],
  async run(_context, { api, app, more }, { scopes, type, port, yes, save, guest }) {
    // What matters here is that these types hold.
    const texts: (string | undefined)[] = [api, app, ...more, scopes, type.trim()];
    const others: (boolean | number[] | undefined)[] = [port, yes, save, guest];
    throw new Error(`not run: ${texts.length} ${others.length}`);
  },
});

describe('a definition', () => {
  it('is parsed into positionals and options', async () => {
    expect(await parsed(command, 'shop')).toEqual(['shop', undefined, [], { type: 'spa', save: true }]);
    expect(
      await parsed(command, 'shop', 'web', 'a', 'b', '-y', '--no-save', '--port', '1', '--port', '2', '--json'),
    ).toEqual(['shop', 'web', ['a', 'b'], { type: 'spa', save: false, yes: true, port: [1, 2], json: true }]);
  });

  it('takes an alias for its option, over a default too', async () => {
    const [, , , options] = await parsed(command, 'shop', '--scope', 'a', '--kind', 'native');
    expect(options).toEqual({ scopes: 'a', type: 'native', save: true });
  });

  it('refuses an option and its alias at once', async () => {
    await expect(parsed(command, 'shop', '--scope', 'a', '--scopes', 'b')).rejects.toMatchObject({
      code: 'usage',
      message: "--scopes and --scope can't be combined: they mean the same.",
    });
  });

  it.each([
    ['--guest', '--no-guest'],
    ['--no-guest', '--guest'],
  ])('refuses an option and its opposite: %s %s', async (...both) => {
    await expect(parsed(command, 'shop', ...both)).rejects.toMatchObject({
      code: 'usage',
      message: "--guest and --no-guest can't be combined.",
    });
    const [, , , options] = await parsed(command, 'shop', both[0], both[0]);
    expect(options).toMatchObject({ guest: both[0] === '--guest' });
  });
});
