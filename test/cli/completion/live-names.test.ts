import { describe, expect, it } from 'vitest';
import type { LookUp } from '../../../src/cli/completion/expect.ts';
import { type Found, nameCandidates } from '../../../src/cli/completion/live-names.ts';

function names(asked: Partial<LookUp>, found: Found): { text: string; about: string }[] {
  const lookUp: LookUp = {
    kind: 'app',
    prefix: '',
    before: '',
    without: [],
    api: undefined,
    app: undefined,
    options: {},
    ...asked,
  };
  return nameCandidates(lookUp, found, (text) => text.startsWith(lookUp.before + lookUp.prefix));
}

const app = (name: string, clientId = `id-${name}`) => ({ name, clientId });
const api = (name: string, ...scopes: string[]) => ({
  name,
  audience: `https://${name}.example`,
  id: `rs-${name}`,
  scopes: scopes.map((value) => ({ value, description: `to ${value}` })),
});

describe('an application', () => {
  it('is completed by its name, with its client id as description', () => {
    expect(names({}, { apps: [app('web', 'c1')] })).toEqual([{ text: 'web', about: 'c1' }]);
  });

  it('is also completed by its client id, once that is begun', () => {
    const apps = [app('web', 'c1'), app('cart', 'c2')];
    expect(names({ prefix: 'c' }, { apps })).toEqual([
      { text: 'c1', about: 'web' },
      { text: 'cart', about: 'c2' },
      { text: 'c2', about: 'cart' },
    ]);
  });

  it('is completed only by its client id if its name is unusable on a command line', () => {
    const useless = ['two', 'two', '-dash', ' space', 'new\nline', 'esc\u001b[31m', 'hidden\u202e'];
    const apps = useless.map((name, index) => app(name, `c${index}`));
    expect(names({}, { apps }).map(({ text }) => text)).toEqual(apps.map(({ clientId }) => clientId));
  });
});

describe('an API', () => {
  it('is completed by its name or, once that is begun, its audience', () => {
    const apis = [api('shop')];
    expect(names({ kind: 'api' }, { apis })).toEqual([{ text: 'shop', about: 'https://shop.example' }]);
    expect(names({ kind: 'api', prefix: 'https:' }, { apis })).toEqual([
      { text: 'https://shop.example', about: 'shop' },
    ]);
  });
});

describe('a user', () => {
  it('is completed by the e-mail address, with the name as description, if it can be typed', () => {
    const users = ['jane@example.com', 'joe\u001b[31m@example.com'].map((text) => ({ text, about: 'Jane' }));
    expect(names({ kind: 'user' }, { local: users })).toEqual([{ text: 'jane@example.com', about: 'Jane' }]);
  });
});

describe('a scope', () => {
  const apis = [api('shop', 'read:a', 'write:a', 'write:b'), api('news', 'read:news')];
  const scopes = (asked: Partial<LookUp>, found: Found = { apis }) =>
    names({ kind: 'scope', ...asked }, found).map(({ text }) => text);

  it.each(['shop', 'SHOP', 'https://shop.example', 'rs-shop'])('belongs to the API on the line: %s', (reference) => {
    expect(scopes({ api: reference })).toEqual(['read:a', 'write:a', 'write:b']);
  });

  it("belongs to the profile's API, or the only one", () => {
    const profile = { name: 'x', api: { audience: 'https://news.example', name: 'news' } };
    expect(scopes({}, { apis, profile })).toEqual(['read:news']);
    expect(scopes({}, { apis: apis.slice(1) })).toEqual(['read:news']);
    expect(scopes({})).toEqual([]);
    expect(scopes({ api: 'nobody' })).toEqual([]);
  });

  it('is added to the list, without duplicates', () => {
    expect(scopes({ api: 'shop', before: 'write:a,', prefix: 'w', without: ['write:a'] })).toEqual(['write:a,write:b']);
  });
});

describe('thousands of candidates', () => {
  const apps = Array.from({ length: 5000 }, (_, index) => app(`app-${String(index).padStart(4, '0')}`));

  it('are truncated after filtering', () => {
    expect(names({}, { apps })).toHaveLength(200);
    expect(names({ prefix: 'app-499' }, { apps })).toHaveLength(10);
  });

  it('keep the last one, so that the shell sees the common prefix', () => {
    const found = names({}, { apps: [...apps, app('zebra')].reverse() });
    expect(found[0]?.text).toBe('app-0000');
    expect(found.at(-1)?.text).toBe('zebra');
  });
});
