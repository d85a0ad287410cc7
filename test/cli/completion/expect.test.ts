import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Expected, expectedAfter } from '../../../src/cli/completion/expect.ts';
import type { CompletionTree, TreeNode, TreeOption } from '../../../src/cli/completion/tree.ts';
import { commands } from '../../../src/cli/program/commands.ts';
import { completionTree } from '../../../src/cli/program/completion-tree.ts';

let tree: CompletionTree;

beforeAll(async () => {
  tree = await completionTree();
});

/** What is expected at the end of a line; the last word is the one at the cursor. */
function expected(line: string, known = tree): Expected {
  const words = line.split(' ');
  return expectedAfter(known, words.slice(0, -1), words.at(-1) ?? '');
}

function texts(line: string, known = tree): string[] {
  return expected(line, known).candidates.map(({ text }) => text);
}

const everywhere = [
  '--json',
  '--field',
  '--format',
  '--profile',
  '--edition',
  '--ca-file',
  '--max-wait',
  '--timeout',
  '--no-input',
  '--debug',
  '--help',
];

describe('words of commands', () => {
  it('come first, each with its description', () => {
    expect(texts('')).toEqual([...new Set(Object.keys(commands).map((path) => path.split(' ')[0]))]);
    expect(expected('api ').candidates).toContainEqual({ text: 'disable', about: 'close an API to guests' });
    expect(texts('api ')).toEqual(['list', 'show', 'create', 'enable', 'disable', 'delete', 'scopes']);
  });

  it.each(['--json ', '--profile acme ', '--profile=acme ', '--field a --edition ea ', 'help '])(
    'come after global options: "%s"',
    (before) => {
      expect(texts(`${before}profile `)).toEqual(['list', 'show', 'use', 'set', 'remove']);
    },
  );

  it.each(['tokne ', 'token crate ', 'tokne --', '-- ', '--unknown value token '])(
    'end after an unknown word: "%s"',
    (line) => {
      expect(expected(line)).toEqual({ candidates: [] });
    },
  );

  it('end after a command, and help accepts only words', () => {
    expect(texts('help token create ')).toEqual([]);
    expect(texts('tenant show sh')).toEqual([]);
  });
});

describe('options', () => {
  it('are those of the command and the global ones', () => {
    expect(texts('local reset -')).toEqual(['--yes', '--seed-random', ...everywhere].sort(byTree('local reset')));
    expect(texts('token -').sort()).toEqual([...everywhere].sort());
    expect(texts('-').sort()).toEqual([...everywhere, '--version'].sort());
  });

  it('that were given are not offered again, unless repeatable', () => {
    const left = texts('--json token create --meta a=1 --app=web --profile local --');
    expect(left).toContain('--meta');
    expect(left).toContain('--api');
    expect(left.filter((flag) => ['--json', '--app', '--profile'].includes(flag))).toEqual([]);
    expect(texts('local reset -y --')).not.toContain('--yes');
  });

  it('are the only candidates after the last positional', () => {
    expect(texts('app show web ')).toEqual(texts('app show web --'));
    expect(texts('tenant show ')).toEqual(texts('tenant show --'));
    expect(texts('token decode ')).toContain('--key');
    expect(expected('app show web s')).toEqual({ candidates: [] });
  });

  it('are not offered in place of a required positional, or after --', () => {
    expect(expected('app create ')).toEqual({ candidates: [] });
    expect(expected('app show -- web ')).toEqual({ candidates: [] });
    expect(expected('app show -- ').lookUp).toMatchObject({ kind: 'app' });
    expect(expected('app show -- -').lookUp).toMatchObject({ kind: 'app', prefix: '-' });
  });
});

describe('a value', () => {
  it.each([
    ['tenant set-format ', ['jwe', 'jwt']],
    ['app create kiosk --type ', ['native', 'spa', 'regular_web', 'non_interactive']],
    ['app create kiosk --type=n', ['native', 'spa', 'regular_web', 'non_interactive'].map((type) => `--type=${type}`)],
    ['--edition ', ['preview', 'ea']],
    ['profile set ', ['app', 'api', 'production', 'edition']],
    ['claims set language ', ['user_id', 'session_id', 'created_at', 'metadata']],
    ['transfer rehearse --via ', ['ticket', 'query', 'header', 'cookie']],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
  ])('is one of the choices: "%s"', (line, words) => {
    expect(texts(line)).toEqual(words);
  });

  it.each([
    ['app show ', 'app', ''],
    ['app disable w', 'app', ''],
    ['api enable ', 'api', ''],
    ['profile use ', 'profile', ''],
    ['profile remove ', 'profile', ''],
    ['--profile ', 'profile', ''],
    ['tenant show --profile=a', 'profile', '--profile='],
    ['claims list --app ', 'app', ''],
    ['claims remove language --api ', 'api', ''],
    ['token create --app ', 'app', ''],
    ['token create --app=', 'app', '--app='],
    ['token update --api ', 'api', ''],
    ['transfer rehearse --user ', 'user', ''],
    ['transfer rehearse --session ', 'session', ''],
    ['profile set app ', 'app', ''],
    ['profile set api ', 'api', ''],
  ] as const)('is a name to look up: "%s" %s', (line, kind, before) => {
    expect(expected(line)).toMatchObject({ candidates: [], lookUp: { kind, before } });
  });

  it('of an option is completed even if it looks like an option', () => {
    expect(expected('token create --app -').lookUp).toMatchObject({ kind: 'app', prefix: '-' });
  });

  it.each([
    'profile set x ',
    'app create ',
    'app create --type',
    'tenant set-lifetime ',
    '--field ',
    'token create --meta ',
  ])('that is free text has no candidates: "%s"', (line) => {
    expect(expected(line).lookUp).toBeUndefined();
    expect(expected(line).candidates.filter(({ text }) => !text.startsWith('-'))).toEqual([]);
  });

  it.each([
    ['token decode --key ', ''],
    ['token decode --key=k', '--key='],
    ['token create --meta-file ', ''],
    ['transfer rehearse --action ', ''],
  ])('is a file: "%s"', (line, before) => {
    expect(expected(line)).toEqual({ candidates: [], file: before });
  });

  it('that is a list continues after the last comma', () => {
    expect(expected('api enable shop --scopes ').lookUp).toMatchObject({
      kind: 'scope',
      api: 'shop',
      prefix: '',
      before: '',
      without: [],
    });
    expect(expected('token create --api=shop --scopes=a:b,c:d,e').lookUp).toMatchObject({
      kind: 'scope',
      api: 'shop',
      prefix: 'e',
      before: '--scopes=a:b,c:d,',
      without: ['a:b', 'c:d'],
    });
    expect(expected('token create --scopes ').lookUp?.api).toBeUndefined();
    expect(expected('api create news --scopes ')).toEqual({ candidates: [] });
  });

  it('comes with the options that select the tenant', () => {
    expect(expected('--profile acme --edition=ea app show --json ').lookUp?.options).toEqual({
      '--profile': 'acme',
      '--edition': 'ea',
      '--json': '',
    });
  });
});

describe('a tree of another shape', () => {
  const node = (part: Partial<TreeNode>): TreeNode => ({ about: '', words: [], options: [], positionals: [], ...part });
  const option = (part: Partial<TreeOption>): TreeOption => ({
    flags: ['--x'],
    about: '',
    value: 'none',
    repeatable: false,
    values: undefined,
    ...part,
  });
  const other: CompletionTree = {
    '': node({ words: ['doctor', 'api'] }),
    doctor: node({
      options: [
        option({ flags: ['--colour', '-c'], value: 'optional', values: { words: ['red'] } }),
        option({ flags: ['--port', '-p'], value: 'required', values: { words: ['80'] } }),
      ],
      positionals: [{ name: 'checks', required: false, repeatable: true, values: { words: ['keys'] } }],
    }),
    api: node({ words: ['scopes'] }),
    'api scopes': node({ words: ['add'] }),
    'api scopes add': node({
      positionals: [{ name: 'api', required: true, repeatable: false, values: { live: 'api' } }],
    }),
  };

  it('may have commands of one, two and three words', () => {
    expect(texts('', other)).toEqual(['doctor', 'api']);
    expect(texts('api ', other)).toEqual(['scopes']);
    expect(texts('api scopes ', other)).toEqual(['add']);
    expect(expected('api scopes add ', other).lookUp?.kind).toBe('api');
  });

  it('may have a repeated positional', () => {
    expect(texts('doctor keys keys ', other)).toEqual(['keys']);
  });

  it('may have an option with an optional value, and short options with values', () => {
    expect(texts('doctor --colour ', other)).toEqual(['red']);
    expect(texts('doctor --colour --', other)).toEqual(['--port']);
    expect(texts('doctor -p80 -', other)).toEqual(['--colour']);
    expect(texts('doctor -p ', other)).toEqual(['80']);
  });
});

it('any line, however wrong, gets an answer', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'token',
      'create',
      'help',
      '--profile',
      '--',
      '-',
      '--scopes=a,',
      'app',
      'set',
      'profile',
      '__proto__',
    ),
  );
  fc.assert(
    fc.property(fc.array(word), word, (words, current) => {
      expect(expectedAfter(tree, words, current)).toHaveProperty('candidates');
    }),
  );
});

function byTree(path: string): (a: string, b: string) => number {
  const order = (flag: string) => tree[path]?.options.findIndex(({ flags }) => flags.includes(flag)) ?? 0;
  return (a, b) => order(a) - order(b);
}
