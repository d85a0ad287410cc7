import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ActionOutcome, ActionTrigger } from '../../../src/local/actions/runner.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { testActionRunner } from '../../support/actions.ts';
import { temporaryFolder } from '../../support/folder.ts';

interface Tried {
  readonly file: string;
  write(code: string, modified?: number): void;
  run(event?: JsonObject, trigger?: ActionTrigger): Promise<ActionOutcome>;
}

/** An Action in a folder of its own; `body` is its function for post-login. */
function action(body: string, options: Parameters<typeof testActionRunner>[0] = {}): Tried {
  return module(`exports.onExecutePostLogin = async (event, api) => {\n${body}\n};`, options);
}

function module(code: string, options: Parameters<typeof testActionRunner>[0] = {}): Tried {
  const file = join(temporaryFolder(), 'post-login.js');
  const runner = testActionRunner(options);
  const write = (text: string, modified = 1) => {
    writeFileSync(file, text);
    utimesSync(file, modified, modified);
  };
  write(code);
  return { file, write, run: (event = {}, trigger = 'post-login') => runner.run({ trigger, file, event }) };
}

const failureOf = async (tried: Tried) => (await tried.run()).failure;

describe('an Action that is run', () => {
  it('gets its event, and tells what it asked for in its order', async () => {
    const { run } = action(`
      api.user.setAppMetadata('cart', { items: [event.item] }).user.setUserMetadata('language', null);
      api.idToken.setCustomClaim('https://shop/guest', event.guest);
      api.accessToken.setCustomClaim('tier', 1);
      api.accessToken.addScope('read:orders').accessToken.removeScope('write:cart');`);
    expect(await run({ item: 7, guest: 'anon|1' })).toEqual({
      commands: [
        { kind: 'app_metadata', name: 'cart', value: { items: [7] } },
        { kind: 'user_metadata', name: 'language', value: null },
        { kind: 'id_token_claim', name: 'https://shop/guest', value: 'anon|1' },
        { kind: 'access_token_claim', name: 'tier', value: 1 },
        { kind: 'add_scope', scope: 'read:orders' },
        { kind: 'remove_scope', scope: 'write:cart' },
      ],
      printed: [],
      failure: undefined,
    });
  });

  it('denies with a reason, with a code, or with an error of validation', async () => {
    const { run } = action(`
      api.access.deny('not today');
      api.access.deny('too_young', 'Come back later');
      api.validation.error('bad_name', 'Choose another name');`);
    expect((await run()).commands).toEqual([
      { kind: 'deny', code: 'access_denied', reason: 'not today' },
      { kind: 'deny', code: 'too_young', reason: 'Come back later' },
      { kind: 'validation_error', code: 'bad_name', message: 'Choose another name' },
    ]);
  });

  it('may be for sign-ups, with the api of these', async () => {
    const { run } = module(`exports.onExecutePreUserRegistration = async (event, api) => {
      api.user.setUserMetadata('from', 'shop');
      api.access.deny('internal', 'You may not sign up');
      api.idToken.setCustomClaim('a', 1);
    };`);
    expect(await run({}, 'pre-user-registration')).toMatchObject({
      failure: 'api.idToken.setCustomClaim is not imitated by the local tenant (post-login.js:4)',
    });
  });

  it('says a copy of what it sets, so that later changes do not count', async () => {
    const { run } = action(`const cart = { items: 1 }; api.user.setAppMetadata('cart', cart); cart.items = 2;`);
    expect((await run()).commands).toMatchObject([{ value: { items: 1 } }]);
  });

  it('prints to its own run, also while others run', async () => {
    const { run } = action(`
      console.log('start', event.name, { a: 1 });
      await new Promise((resolve) => setTimeout(resolve, event.ms));
      console.warn('%s ends', event.name);
      console.error('oh'); console.info('i'); console.debug('d'); console.table([{ a: 1 }]);`);
    const runs = await Promise.all([run({ name: 'slow', ms: 40 }), run({ name: 'quick', ms: 1 })]);
    for (const [index, name] of ['slow', 'quick'].entries()) {
      expect(runs[index]?.printed.slice(0, 5)).toEqual([
        { level: 'log', text: `start ${name} { a: 1 }` },
        { level: 'warn', text: `${name} ends` },
        { level: 'error', text: 'oh' },
        { level: 'info', text: 'i' },
        { level: 'debug', text: 'd' },
      ]);
      expect(runs[index]?.printed[5]?.text).toContain('│ a │');
    }
  });

  it('prints no more than a limit', async () => {
    const { run } = action(`for (let i = 0; i < 100000; i++) console.log('x'.repeat(1000));`);
    const { printed } = await run();
    expect(printed.map(({ text }) => text.length).reduce((sum, length) => sum + length)).toBeLessThan(20_000);
    expect(printed.at(-1)?.text).toMatch(/… \(cut off\)$/);
  });

  it('keeps its module between runs, and starts over when the file has changed', async () => {
    const counting = (name: string) =>
      `let runs = 0; exports.onExecutePostLogin = async (event, api) => api.user.setAppMetadata('${name}', ++runs);`;
    const tried = module(counting('first'));
    expect((await tried.run()).commands).toMatchObject([{ name: 'first', value: 1 }]);
    expect((await tried.run()).commands).toMatchObject([{ name: 'first', value: 2 }]);
    tried.write(counting('other'), 2);
    expect((await tried.run()).commands).toMatchObject([{ name: 'other', value: 1 }]);
  });

  it('finishes a run that began before the file changed', async () => {
    const tried = action(
      `if (event.slow) await new Promise((r) => setTimeout(r, 60)); api.user.setAppMetadata('old', 1);`,
    );
    await tried.run();
    const before = tried.run({ slow: true });
    tried.write('exports.onExecutePostLogin = async (event, api) => { api.user.setAppMetadata("new", 1); };', 2);
    expect((await tried.run()).commands).toMatchObject([{ name: 'new' }]);
    expect((await before).commands).toMatchObject([{ name: 'old' }]);
  });

  it('caches strings between runs, within the limits of the service', async () => {
    const { run } = action(`
      if (event.first) {
        console.log(api.cache.set('a', 'one').record.value, api.cache.get('nothing'));
        for (const [key, value, options] of [['k'.repeat(65), ''], ['v', 'v'.repeat(4097)], ['t', '', { ttl: -1 }]])
          console.log(api.cache.set(key, value, options).code);
        console.log(api.cache.set('v', 'v'.repeat(4095)).type, api.cache.set('w', 'w'.repeat(4095)).code);
      } else console.log(api.cache.get('a').value, api.cache.delete('a').type, api.cache.delete('a').code);`);
    expect((await run({ first: true })).printed.map(({ text }) => text)).toEqual([
      'one undefined',
      'CacheKeySizeExceeded',
      'CacheValueSizeExceeded',
      'ItemAlreadyExpired',
      'success CacheSizeExceeded',
    ]);
    expect((await run()).printed.map(({ text }) => text)).toEqual(['one success CacheKeyDoesNotExist']);
  });

  it('requires packages and files of its folder, and may import modules', async () => {
    const tried = action(`
      api.user.setAppMetadata('greeting', require('greeter').greet(require('./names.json')[0]));
      api.user.setAppMetadata('module', (await import('./other.mjs')).name);
      api.user.setAppMetadata('folder', __dirname);`);
    const folder = join(tried.file, '..');
    mkdirSync(join(folder, 'node_modules', 'greeter'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', 'greeter', 'index.js'), 'exports.greet = (name) => "hello " + name;');
    writeFileSync(join(folder, 'names.json'), '["Jane"]');
    writeFileSync(join(folder, 'other.mjs'), 'export const name = "imported";');
    expect(await tried.run()).toMatchObject({
      failure: undefined,
      commands: [{ value: 'hello Jane' }, { value: 'imported' }, { value: folder }],
    });
  });

  it('is CommonJS, also where its package is a module', async () => {
    const tried = action(`api.user.setAppMetadata('here', typeof require);`);
    writeFileSync(join(tried.file, '..', 'package.json'), '{ "type": "module" }');
    expect(await tried.run()).toMatchObject({ failure: undefined, commands: [{ value: 'function' }] });
  });

  it('sees nothing of the environment, the arguments and the input of anon-cli', async () => {
    process.env.ANON_TEST_SECRET = 'do-not-repeat-me';
    const { run } = action(`
      let input = ''; for await (const part of process.stdin) input += part;
      console.log(JSON.stringify([process.env, process.argv.slice(2), process.execArgv, input]));`);
    const { printed } = await run();
    delete process.env.ANON_TEST_SECRET;
    expect(printed).toEqual([{ level: 'log', text: '[{},[],[],""]' }]);
  });
});

describe('an Action that fails', () => {
  it.each<[string, string, string]>([
    [
      'throws',
      `const user = undefined;\nreturn user.name;`,
      `Cannot read properties of undefined (reading 'name') (post-login.js:3)`,
    ],
    ['rejects', `\nawait Promise.reject(new TypeError('no'));`, 'no (post-login.js:3)'],
    ['throws a string', `throw 'no';`, `'no' was thrown, which is not an Error`],
    ['throws nothing', `throw undefined;`, 'undefined was thrown, which is not an Error'],
    ['throws an object', `throw { code: 7 };`, '{ code: 7 } was thrown, which is not an Error'],
    ['ends its process', `process.exit(3);`, 'it ended its process: process.exit(3)'],
    [
      'throws later',
      `setTimeout(() => { throw new Error('later'); });\nawait new Promise(() => {});`,
      'later (post-login.js:2)',
    ],
    [
      'rejects unseen',
      `Promise.reject(new Error('unseen'));\nawait new Promise(() => {});`,
      'unseen (post-login.js:2)',
    ],
    [
      'sets what is not JSON',
      `api.user.setAppMetadata('a', 1n);`,
      'Do not know how to serialize a BigInt (post-login.js:2)',
    ],
    [
      'redirects',
      `api.redirect.sendUserTo('https://a');`,
      'api.redirect.sendUserTo is not imitated by the local tenant (post-login.js:2)',
    ],
    [
      'asks for factors',
      `api.multifactor.enable('any');`,
      'api.multifactor.enable is not imitated by the local tenant (post-login.js:2)',
    ],
    ['misspells', `api.acces.deny('no');`, 'api.acces.deny is not imitated by the local tenant (post-login.js:2)'],
    ['calls a group', `api.rules();`, 'api.rules is not imitated by the local tenant (post-login.js:2)'],
  ])('%s', async (_, body, failure) => {
    expect(await failureOf(action(body))).toBe(failure);
  });

  it('tells the message alone where it threw', async () => {
    expect(await action(`throw new Error('no');`).run()).toMatchObject({ message: 'no', commands: [] });
    expect(await action('process.exit(3);').run()).toMatchObject({ message: undefined, commands: [] });
  });

  it('is not hindered by questions about api that nobody means', async () => {
    const { run } = action(
      'await api; await api.redirect; JSON.stringify(api); String(api); console.log(api, api.mfa); if (api.redirect) return;',
    );
    expect(await run()).toMatchObject({ failure: undefined });
  });

  it.each<[string, string, RegExp]>([
    [
      'has a syntax error',
      'exports.a = 1;\nconst = 2;\n',
      /^its file cannot be loaded: Unexpected token '=' \(post-login\.js:2\)$/,
    ],
    ['throws as it is loaded', '\n\nnull.a;', /^its file cannot be loaded: Cannot read.* \(post-login\.js:3\)$/],
    [
      'lacks a package',
      `require('not-there');`,
      /^its file cannot be loaded: Cannot find module 'not-there' \(post-login\.js:1\)$/,
    ],
    ['has no function', 'exports.onExecutePostlogin = () => {};', /^its file exports no function onExecutePostLogin$/],
    ['exports nothing', 'module.exports = null;', /^its file exports no function onExecutePostLogin$/],
    [
      'is a module',
      'export const onExecutePostLogin = 1;',
      /^its file cannot be loaded: .*export.*; an Action is CommonJS, with require and exports \(post-login\.js:1\)$/,
    ],
    ['is one of the other kind', "import a from 'a';", /; an Action is CommonJS, .* \(post-login\.js:1\)$/],
  ])('%s', async (_, code, failure) => {
    const outcome = await module(code).run();
    expect(outcome.failure).toMatch(failure);
    expect(outcome.message).toBeUndefined();
  });

  it('has a folder in place of its file', async () => {
    const tried = action('');
    rmSync(tried.file);
    mkdirSync(tried.file);
    expect(await tried.run()).toMatchObject({ failure: 'its file cannot be read: it is a folder' });
  });

  it('has no file, until it has one', async () => {
    const tried = action('');
    rmSync(tried.file);
    expect(await failureOf(tried)).toBe(`its file does not exist: ${tried.file}`);
    tried.write('exports.onExecutePostLogin = () => {};');
    expect(await failureOf(tried)).toBeUndefined();
  });

  it('cannot be run where its event cannot be copied, or its worker not started', async () => {
    const { run } = action('');
    expect((await run({ call: () => 1 })).failure).toMatch(/^it cannot be run: .*could not be cloned/);
    expect(await run()).toMatchObject({ failure: undefined });
    const other = action('', { program: '/nowhere/worker.cjs' });
    expect((await other.run()).failure).toMatch(/^its worker ended: Cannot find module/);
  });

  it.each(['for (;;);', 'await new Promise(() => {});'])('takes too long: %s', async (body) => {
    const tried = action(`console.log('before'); if (event.stuck) { ${body} }`, { limitMs: 1500 });
    const stuck = await tried.run({ stuck: true });
    expect(stuck).toMatchObject({ failure: 'it did not end within 1.5 s', printed: [{ text: 'before' }] });
    expect(await failureOf(tried)).toBeUndefined();
  });

  it('takes too long, and another run of it may end', async () => {
    const tried = action(`await new Promise((resolve) => setTimeout(resolve, event.ms));`, { limitMs: 1500 });
    const endless = tried.run({ ms: 60_000 });
    await tried.run({ ms: 750 });
    const other = tried.run({ ms: 1250 });
    expect(await endless).toMatchObject({ failure: 'it did not end within 1.5 s' });
    expect(await other).toMatchObject({ failure: undefined });
  });

  it('uses too much memory', async () => {
    const tried = action(
      `if (event.hungry) { const all = []; for (;;) all.push(new Array(10000).fill('x' + all.length)); }`,
      {
        memoryMegabytes: 16,
      },
    );
    expect(await tried.run({ hungry: true })).toMatchObject({ failure: 'it used more memory than 16 MB' });
    expect(await failureOf(tried)).toBeUndefined();
  });

  it('has its runs ended when the runner is closed', async () => {
    const runner = testActionRunner();
    const { file } = action('await new Promise(() => {});');
    const run = runner.run({ trigger: 'post-login', file, event: {} });
    await runner.close();
    expect(await run).toMatchObject({ failure: 'the local tenant was closed' });
  });
});
