import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run, runShell } from '../support/bin.ts';
import { servedAnswer } from '../support/command.ts';
import { sqliteStore } from '../support/sqlite-store.ts';

/** Names that need quoting in a shell: unquoted, each would create a file `pwned` or be split. */
const awkward = [
  '$(touch pwned)',
  '`touch pwned`',
  'ends;touch pwned;',
  'my shop',
  "it's two",
  'say "hi" now',
  'price $HOME',
  'at@home',
  'col:on',
  'eq=ual',
  'slash\\back',
  'zürich 日本',
];

/**
 * Types lines into an interactive bash with the completion script, and returns the arguments of each completed line.
 * A line that did not run is omitted.
 */
async function typedInBash(home: string, lines: readonly string[]): Promise<string[][]> {
  const folder = join(home, 'typed');
  mkdirSync(folder, { recursive: true });
  const set = [
    `cd '${folder}'`,
    'eval "$(command anon-cli completion bash)"',
    // Replaces the program, except for calls from the completion script.
    'anon-cli() { if [ "$1" = complete ]; then command anon-cli "$@"; else printf "%s\\0" "$@" $\'\\n\' >> ../given; fi; }',
  ];
  const input = [...set, ...lines.map((line) => `anon-cli ${line}`), 'exit', ''].join('\n');
  const { code } = await runShell(home, "script -qec 'bash --norc --noprofile -i' /dev/null", {
    input,
    env: { LC_ALL: 'C.UTF-8', TERM: 'dumb', HISTFILE: '' },
  });
  expect(code).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  const given = readFileSync(join(home, 'given'), 'utf8');
  return given
    .split('\n\0')
    .slice(0, -1)
    .map((line) => line.split('\0').slice(0, -1));
}

/** A home whose local tenant has applications with these names, and the API `shop`. */
async function homeWithApps(names: readonly string[]): Promise<string> {
  const home = await homeAfter(['quickstart']);
  const store = await sqliteStore(join(home, '.local', 'share', 'anon-cli', 'local-tenant.db'));
  const [like] = (await store.list('client')).filter(({ global }) => global !== true);
  await store.write((writer) => {
    for (const [index, name] of names.entries())
      writer.put('client', `id${index}`, { ...like, client_id: `id${index}`, name });
  });
  await store.close();
  return home;
}

describe('in bash', () => {
  it('Tab completes a command, an option, a value and a name', async () => {
    const home = await homeWithApps([]);
    const lines = [
      'tok\tcr\t--edi\te',
      'api dis\tsh\t',
      'tenant set-format jw\te',
      'profile use \t',
      '--edition=pr\tapp list',
    ];
    expect(await typedInBash(home, lines)).toEqual([
      ['token', 'create', '--edition', 'e'],
      ['api', 'disable', 'shop'],
      ['tenant', 'set-format', 'jwe'],
      ['profile', 'use', 'local'],
      ['--edition=preview', 'app', 'list'],
    ]);
  });

  it.each([
    ['bare', (start: string) => start.replaceAll(/[^\w=@:]/g, '\\$&')],
    ['in single quotes', (start: string) => `'${start.replaceAll("'", "'\\''")}`],
    ['in double quotes', (start: string) => `"${start.replaceAll(/["$`\\]/g, '\\$&')}`],
  ])('any name is completed as one inert word, however it was started: %s', async (_how, begun) => {
    const home = await homeWithApps(awkward);
    const lines = awkward.map((name) => `app show ${begun(name.slice(0, 3))}\t`);
    expect(await typedInBash(home, lines)).toEqual(awkward.map((name) => ['app', 'show', name]));
  });

  it('names with a colon are completed after the colon, including after an option and in a list', async () => {
    const home = await homeWithApps(awkward);
    const lines = [
      'token create --api shop --scopes read:c\t',
      'token create --api shop --scopes=read:c\t',
      'token create --api shop --scopes read:catalog,write:c\t',
      'token create --api https:\t',
      'token create --api https://api.sh\t',
      'app show at@\t',
      'app show eq=\t',
      'token create --app=col\t',
      'token create --app=my\t',
      "token create --app='my\t",
      'token create --app="my\t',
      "token create --app='col:\t",
    ];
    expect((await typedInBash(home, lines)).map((words) => words.slice(2).join(' '))).toEqual([
      '--api shop --scopes read:catalog',
      '--api shop --scopes=read:catalog',
      '--api shop --scopes read:catalog,write:cart',
      '--api https://api.shop.example',
      '--api https://api.shop.example',
      'at@home',
      'eq=ual',
      '--app=col:on',
      '--app=my shop',
      '--app=my shop',
      '--app=my shop',
      '--app=col:on',
    ]);
  });

  it('files are completed where a file is expected', async () => {
    const home = newHome();
    writeFileSync(join(home, 'my key.pem'), '');
    expect(await typedInBash(home, ['token decode --key ../my\t', 'token decode --key=../my\t'])).toEqual([
      ['token', 'decode', '--key', '../my key.pem'],
      ['token', 'decode', '--key=../my key.pem'],
    ]);
  });

  it('Tab does not run typed text', async () => {
    const home = newHome();
    // Calls the completion function as bash does. Pressing Enter would run the typed text, as it should.
    const call = `
      cd "$HOME" && eval "$(anon-cli completion bash)"
      for word in '$(touch pwned)' '\`touch pwned\`' '"$(touch pwned)' '--app=$(touch pwned)' '~$(touch pwned)'; do
        COMP_LINE="anon-cli app show $word" COMP_POINT=\${#COMP_LINE} COMP_CWORD=3 COMP_WORDS=(anon-cli app show "$word")
        _anon_cli_whole_words anon-cli "$word" show
        echo "\${#COMPREPLY[@]}"
      done`;
    const file = join(home, 'call.sh');
    writeFileSync(file, call);
    const { stdout } = await runShell(home, `bash --norc '${file}'`);
    expect(stdout).toBe('0\n'.repeat(5));
    // The compile cache aside.
    expect(
      readdirSync(home)
        .filter((name) => name !== '.cache')
        .sort(),
    ).toEqual(['bin', 'call.sh']);
  });
});

describe('the completion', () => {
  it('of the packaged program returns the items that each shell shows', async () => {
    const home = await homeWithApps(awkward);
    for (const [shell, separator] of [
      ['bash', ''],
      ['zsh', '\0'],
      ['fish', '\t'],
      ['powershell', '\t'],
    ] as const) {
      const verbs = (await run(home, ['complete', shell, '--', 'api', ''])).stdout;
      expect(verbs).toContain(`disable${separator}`);
      if (shell !== 'bash') expect(verbs).toContain(`${separator}close an API to guests`);
      const names = (await run(home, ['complete', shell, '--', 'app', 'show', 'z'])).stdout;
      expect(names).toContain(shell === 'bash' ? 'zürich\\ 日本\n' : `zürich 日本${separator}`);
    }
  });
});

describe('completing names', () => {
  it('creates nothing on a new machine', async () => {
    const home = newHome();
    for (const line of [
      ['app', 'show', ''],
      ['--profile', ''],
      ['api', 'enable', 'shop', '--scopes', ''],
    ]) {
      const { code, stderr } = await run(home, ['complete', 'bash', '--', ...line]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    expect(readdirSync(home)).toEqual([]);
  });

  it('leaves an empty state file unchanged', async () => {
    const home = newHome();
    const folder = join(home, '.local', 'share', 'anon-cli');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'local-tenant.db');
    writeFileSync(path, '');
    expect(await run(home, ['complete', 'bash', '--', 'app', 'show', ''])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(statSync(path).size).toBe(0);
    expect(readdirSync(folder)).toEqual(['local-tenant.db']);
  });

  it('gives up quickly when the tenant does not answer', async () => {
    const home = newHome();
    const { url } = await servedAnswer(() => new Promise(() => {}));
    const add = ['login', 'slow', '--domain', url, '--client-id', 'x', '--client-secret', '-', '--no-check'];
    expect((await run(home, add, { input: 'secret' })).code).toBe(0);
    const from = performance.now();
    const outcome = await run(home, ['complete', 'bash', '--', 'app', 'show', '--profile', 'slow', '']);
    expect(outcome).toMatchObject({ code: 0, stdout: '', stderr: '' });
    // Takes 1.5 s on an idle machine; without the limit it would take 30 s.
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
