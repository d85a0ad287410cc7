import { describe, expect, it } from 'vitest';
import { homeAfter, run } from '../support/bin.ts';
import { atTerminal, keys } from '../support/terminal-session.ts';

/** A home whose local tenant has three applications and three APIs. */
function furnishedHome(edition: string): Promise<string> {
  const commands = [
    `local reset --yes --edition ${edition}`,
    'app create mobile --type native',
    'app create server(old) --type regular_web',
    'api create news --audience https://news.example --scopes read:news',
    'api create other --audience https://news.other.example --scopes read:other',
  ];
  return homeAfter(...commands.map((command) => command.split(' ')));
}

describe.each(['preview', 'ea'])('setup at a terminal, in edition %s', (edition) => {
  it('is done by typing part of a name, choosing and confirming', { timeout: 30_000 }, async () => {
    const home = await furnishedHome(edition);
    const person = atTerminal(home, 'setup');
    await person.sees('Which application will guests use?');
    await person.sees('+ new application');
    person.types('bil');
    await person.sees("+ new application 'bil'");
    person.types(keys.enter);
    await person.sees('· mobile');
    await person.sees('Which API will guests call?');
    // Pasted at once: the whole text is searched for, and a match in a name comes before one in an identifier.
    person.types('news', keys.enter);
    await person.sees('· news');
    await person.sees('Which scopes should guests get at news?');
    person.types(keys.space, keys.enter);
    await person.sees('· read:news');
    await person.sees('Apply to localhost:4400?');
    person.types('y');
    expect(await person.ended).toBe(0);
    expect(person.shown).toContain('✔ Guests of mobile get tokens for news');
    expect(person.shown).toContain('✔ signature verified');
    expect(person.shown).toContain('$ anon-cli setup --app mobile --api news --scopes read:news --yes');
    const { stdout } = await run(home, ['token', 'decode', '--field', 'access_token.claims.aud']);
    expect(stdout).toBe('https://news.example\n');
  });
});

describe('a choice at a terminal', () => {
  it('accepts any letter, and reports when nothing matches', { timeout: 30_000 }, async () => {
    const person = atTerminal(await furnishedHome('ea'), 'setup', '--no-session');
    await person.sees('+ new application');
    person.types('(old)[');
    await person.sees("❯ + new application '(old)['");
    person.types('\u007f');
    await person.sees('❯ server(old)');
    person.types(keys.enter);
    await person.sees('· server(old)');
    await person.sees('Origins of the pages of server(old)');
    person.types(keys.enter);
    await person.sees('+ new API');
    person.types(keys.enter);
    await person.sees('Which scopes should guests get at shop?');
    person.types(keys.enter);
    await person.sees('Choose at least one with the space bar');
    person.types('write:cart');
    await person.sees('❯ ◯ write:cart');
    person.types(keys.space);
    await person.sees('❯ ◉ write:cart');
    person.types(keys.enter);
    await person.sees('· write:cart');
    await person.sees('Apply to');
    person.types('n');
    expect(await person.ended).toBe(1);
    expect(person.shown).toContain('nothing was sent');
  });

  it('is searched for typed text only: other keys are ignored, and Ctrl-W and Ctrl-U delete', {
    timeout: 30_000,
  }, async () => {
    const person = atTerminal(await furnishedHome('preview'), 'setup', '--no-session');
    await person.sees('+ new application');
    const [f1, left, insert, altB, ctrlN, ctrlR, tab] = [
      '\u001bOP',
      '\u001b[D',
      '\u001b[2~',
      '\u001bb',
      '\u000e',
      '\u0012',
      '\t',
    ] as const;
    person.types('kiosk ', f1, left, insert, altB, ctrlN, ctrlR, tab, '😀', 'b');
    await person.sees("❯ + new application 'kiosk 😀b'");
    person.types('\u007f\u007f', 'two');
    await person.sees("❯ + new application 'kiosk two'");
    person.types('\u0017', 'three');
    await person.sees("❯ + new application 'kiosk three'");
    person.types('\u0015');
    await person.sees('❯ web');
    await person.sees('  + new application\r\n');
    person.types('wall', keys.enter);
    await person.sees("· new application 'wall'");
    person.types(keys.interrupt);
    expect(await person.ended).toBe(130);
  });

  it('ends with Ctrl-C without sending anything', { timeout: 30_000 }, async () => {
    const home = await furnishedHome('preview');
    const person = atTerminal(home, 'setup', '--api', 'shop', '--scopes', 'read:catalog');
    await person.sees('+ new application');
    person.types(keys.interrupt);
    expect(await person.ended).toBe(130);
    expect(person.shown).toContain('error: Interrupted.');
    expect((await run(home, ['app', 'list', '--json'])).stdout).not.toContain('"enabled": true');
  });

  it('with thousands of items is searched while typing', { timeout: 60_000 }, async () => {
    const home = await furnishedHome('preview');
    const { code } = await run(home, ['app', 'show', 'mobile']);
    expect(code).toBe(0);
    await furnish(home, 3000);
    const person = atTerminal(home, 'setup', '--api', 'shop', '--scopes', 'read:catalog', '--dry-run');
    await person.sees('3003 found, type to search');
    await person.sees('+ new application');
    expect(person.shown.split('\n').length, 'eight rows are shown, and not all').toBeLessThan(15);
    person.types('front 2718', keys.enter);
    expect(await person.ended).toBe(0);
    expect(person.shown).toContain('· storefront 2718');
  });
});

describe('a name typed in a list', () => {
  it('can be the name of something new, at the end of the list, and is requested again if empty', {
    timeout: 30_000,
  }, async () => {
    const person = atTerminal(await furnishedHome('preview'), 'setup', '--no-session');
    await person.sees('+ new application');
    // Ids are random, and must not match the typed text.
    person.types('kiosk');
    await person.sees("❯ + new application 'kiosk'");
    person.types(keys.enter);
    await person.sees('What type of application is it?');
    person.types(keys.enter);
    await person.sees('Origins of the pages of kiosk');
    person.types('http://localhost:5173', keys.enter);
    await person.sees('+ new API');
    // Up from the first choice goes to the last.
    person.types(keys.up);
    await person.sees('❯ + new API');
    person.types(keys.enter);
    await person.sees('Name of the new API');
    person.types(keys.enter);
    await person.sees('error: An answer is required.');
    await person.sees('Name of the new API');
    person.types('maps', keys.enter);
    await person.sees('Audience of the new API');
    person.types(keys.interrupt);
    expect(await person.ended).toBe(130);
    expect(person.shown).toContain('To continue from here:');
    // The line is broken where the terminal ends.
    expect(person.shown.replaceAll(/ \\?\s+/g, ' ')).toContain(
      '$ anon-cli setup --create-app kiosk --type spa --origin http://localhost:5173 --create-api maps --no-session',
    );
  });
});

/** Creates applications directly in the state, which is faster than through the Management API. */
async function furnish(home: string, count: number): Promise<void> {
  const { stdout } = await run(home, ['local', 'show', '--field', 'state']);
  const { sqliteStore } = await import('../support/sqlite-store.ts');
  const store = await sqliteStore(stdout.trim());
  const like = (await store.list('client')).find(({ name }) => name === 'mobile');
  await store.write((writer) => {
    for (let number = 0; number < count; number += 1) {
      const client_id = `storefront${number}`;
      writer.put('client', client_id, { ...like, client_id, name: `storefront ${number}` });
    }
  });
  await store.close();
}
