import { describe, expect, it } from 'vitest';
import { tokenDiffCommand } from '../../../../src/cli/commands/token/diff.ts';
import { freshMachine, openMachine, parsed } from '../../../support/command.ts';
import { part } from '../../../support/tokens.ts';

const unsigned = (claims: object, header: object = {}) => `${part({ alg: 'none', ...header })}.${part(claims)}.`;
const noon = Date.UTC(2026, 5, 1, 12) / 1000;
const otherSealed = `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`;

describe('token diff', () => {
  it('shows what is new, removed and different, with times as dates', async () => {
    const { done } = await freshMachine();
    const before = unsigned({ sub: 'anon|1', exp: noon, metadata: { cart: { items: 1 }, old: 'x' } });
    const after = unsigned({
      sub: 'anon|1',
      exp: noon + 3600,
      metadata: { cart: { items: '1' } },
      scope: 'read:catalog',
    });
    expect((await done('token', 'diff', before, after)).stdout).toBe(
      [
        'Tokens  4 differences',
        '  ~ claims.exp                  2026-06-01 12:00:00 UTC (just now) → 2026-06-01 13:00:00 UTC (in 1 hour)',
        '  ~ claims.metadata.cart.items  1 → "1"',
        '  - claims.metadata.old         "x"',
        '  + claims.scope                "read:catalog"',
        '',
      ].join('\n'),
    );
  });

  it('prints each change with its path as JSON, and equal tokens are not an error', async () => {
    const { done } = await freshMachine();
    const [before, after] = [unsigned({ a: 1, b: 2 }), unsigned({ a: 2, c: null })];
    expect((await done('token', 'diff', before, after, '--json')).json).toEqual({
      same: false,
      changes: [
        { path: 'claims.a', before: 1, after: 2 },
        { path: 'claims.b', before: 2 },
        { path: 'claims.c', after: null },
      ],
      compared: ['header', 'claims'],
    });
    expect((await done('token', 'diff', before, `Bearer ${before}`, '--field', 'same')).stdout).toBe('true\n');
    expect((await done('token', 'diff', before, before)).stdout).toBe('Tokens  ✔ no differences\n');
  });

  it('compares the saved tokens with an earlier answer, token by token, and decrypts encrypted ones', async () => {
    const { done, clock, file } = await openMachine();
    const created = await done('token', 'create', '--meta', 'language=en', '--json');
    clock.forward(3600);
    await done('token', 'update', '--meta', 'plan=pro');
    const { json } = await done('token', 'diff', `@${file('before.json', created.stdout)}`, '--json');
    const paths = json.changes.map(({ path }: { path: string }) => path);
    expect(json).toMatchObject({ same: false });
    expect(json.changes).toContainEqual({ path: 'session_token.claims.metadata.plan', after: 'pro' });
    expect(paths).toContain('access_token.claims.exp');
    expect(paths).not.toContain('access_token.claims.sub');
    const { stdout } = await done('token', 'diff', `@${file('before.json', created.stdout)}`);
    expect(stdout).toMatch(/^Session token {2}\d differences\n[\s\S]*\n\nAccess token {2}\d differences\n/);
    const one = await done('token', 'diff', created.json.access_token, '--json');
    expect(one.json.changes.map(({ path }: { path: string }) => path)).toContain('claims.exp');
  });

  it('reports what it could not compare in an encrypted token', async () => {
    const { done } = await openMachine();
    const { json } = await done('token', 'create', '--json');
    const { stdout } = await done('token', 'diff', json.session_token, otherSealed);
    expect(stdout).toMatch(
      /^Tokens {2}0 differences\n {2}▪ Encrypted: without the key, only the headers were compared/,
    );
    expect((await done('token', 'diff', json.session_token, otherSealed, '--json')).json).toEqual({
      same: false,
      changes: [],
      compared: ['header'],
    });
  });

  it('warns about a wrong signature, and still compares', async () => {
    const { done } = await openMachine();
    const good = (await done('token', 'create', '--field', 'access_token')).stdout.trim();
    const [header = '', , signature = ''] = good.split('.');
    const forged = `${header}.${part({ iss: 'https://localhost:4400/', sub: 'admin' })}.${signature}`;
    const { stderr, stdout } = await done('token', 'diff', good, forged);
    expect(stdout).toMatch(/~ claims\.sub +"anon\|.*" → "admin"\n/);
    expect(stderr).toMatch(/^warning: The signature of the second token is wrong: it does not match key /);
  });

  it('a token that only one answer has is a difference, but not one of the saved session', async () => {
    const { done } = await openMachine();
    const { json } = await done('token', 'create', '--json');
    const [both, one] = [
      { session_token: json.session_token, access_token: json.access_token },
      { access_token: json.access_token },
    ].map((answer) => JSON.stringify(answer));
    const [more = '', less = ''] = [both, one];
    expect((await done('token', 'diff', more, less, '--json')).json).toEqual({
      same: false,
      changes: [{ path: 'session_token.form', before: 'jwe' }],
      compared: ['access_token.header', 'access_token.claims'],
    });
    expect((await done('token', 'diff', less, more)).stdout).toBe(
      'Access token  ✔ no differences\n\nSession token  only in the second\n',
    );
    expect((await done('token', 'diff', less, '--json')).json).toMatchObject({ same: true, changes: [] });
  });

  it('pairs tokens with the same name in their order, and refuses to choose between tokens of one kind', async () => {
    const { done, run } = await freshMachine();
    const header = (...values: number[]) => values.map((a) => `Authorization: Bearer ${unsigned({ a })}`).join('\n');
    const { json } = await done('token', 'diff', header(1, 2), header(1, 3), '--json');
    expect(json.changes).toEqual([{ path: 'Authorization.claims.a', before: 2, after: 3 }]);
    const two = JSON.stringify({ id_token: unsigned({ a: 1 }), access_token: unsigned({ a: 2 }) });
    expect(await run('token', 'diff', unsigned({ a: 2 }), two)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Can't pair 1 token with 2"),
    });
  });

  it('reports a member that occurs twice instead of calling the tokens equal', async () => {
    const { done } = await freshMachine();
    const twice = `${part({ alg: 'none' })}.${Buffer.from('{"sub":"admin","sub":"anon|1"}').toString('base64url')}.`;
    const { stdout, stderr } = await done('token', 'diff', twice, unsigned({ sub: 'anon|1' }));
    expect(stdout).toBe('Tokens  0 differences\n  ▪ A member occurs twice: only the last was compared.\n');
    expect(stderr).toMatch(/^warning: The first token: the payload has two members named 'sub'/);
    expect((await done('token', 'diff', twice, unsigned({ sub: 'anon|1' }), '--field', 'same')).stdout).toBe('false\n');
    expect((await done('token', 'diff', twice, twice, '--field', 'same')).stdout).toBe('true\n');
  });

  it('takes the header of an opaque token for unknown, not for missing', async () => {
    const { done } = await freshMachine();
    const [jwt, opaque] = [unsigned({}), 'opaque-token'].map((token) => JSON.stringify({ access_token: token }));
    const { stdout } = await done('token', 'diff', jwt ?? '', opaque ?? '');
    expect(stdout).toBe(
      'Tokens  1 difference\n  ▪ Opaque: only its issuer can read such a token. These two are different.\n  ~ form  "jws" → "opaque"\n',
    );
  });

  it.each([
    [['garbage', unsigned({})], 3, 'Argument 1 is not a token: '],
    [['-', '-'], 2, "'-' can be given only once"],
    [
      [`A=${unsigned({ a: 1 })} B=${unsigned({ a: 2 })}`, unsigned({ a: 3 }, { typ: 'x' })],
      2,
      "Can't pair 2 tokens with 1",
    ],
    [[unsigned({})], 2, 'no saved session'],
  ])('refuses what it cannot compare: %#', async (given, code, text) => {
    const { run } = await freshMachine();
    const result = await run('token', 'diff', ...given);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(text);
  });

  it('parses two tokens and a key', async () => {
    expect(await parsed(tokenDiffCommand, 'a', 'b', '--key', 'k')).toEqual(['a', 'b', { key: 'k' }]);
    expect(await parsed(tokenDiffCommand, 'a')).toEqual(['a', undefined, {}]);
    await expect(parsed(tokenDiffCommand)).rejects.toMatchObject({ code: 'usage' });
  });
});
