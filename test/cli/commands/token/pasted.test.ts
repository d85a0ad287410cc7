import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { freshMachine, servedAnswer } from '../../../support/command.ts';
import { part, rsa, sign } from '../../../support/tokens.ts';
import { goodClaims, goodToken } from '../../../support/verification.ts';

const token = await goodToken();
const wrapped = (between: string) => (token.match(/.{1,64}/g) ?? []).join(between);
const set = JSON.stringify({ keys: [{ ...rsa.publicJwk, kid: 'k1' }] });

describe('what is pasted into token decode', () => {
  it.each([
    ['wrapped behind a header', `Authorization: Bearer ${wrapped('\n')}\nHost: api.example\n`],
    ['with backslashes', `curl -H 'Authorization: Bearer ${wrapped('\\\n')}' https://a.example\n`],
    ['with %20 before it', `authorization=Bearer%20${token}`],
    ['with zero-width characters', token.replaceAll(/.{40}/g, '$&\u200b')],
    ['with line separators', wrapped('\u2028')],
    ['with vertical tabs', wrapped('\v')],
    ['with padding', `${token}==`],
    ['glued to other words', `token=${token};next=1`],
    ['with text on the next line', `${token}\nexpired`],
  ])('is found %s, and its signature is verified', async (_, text) => {
    const { done, terminal, file } = await freshMachine();
    const key = file('key.json', set);
    terminal.stdin = text;
    const { json } = await done('token', 'decode', '--key', key, '--json');
    expect(json).toMatchObject({ claims: goodClaims, signature: { state: 'verified' } });
  });

  it('is reported as repaired if it was', async () => {
    const { done, run } = await freshMachine();
    const padded = `${token}==`;
    expect(await run('token', 'decode', padded)).toMatchObject({
      code: 0,
      stderr: 'warning: The token was repaired: the given text contains padding.\n',
    });
    expect((await done('token', 'decode', padded, '--json')).json.repaired).toEqual(['padding']);
    expect((await done('token', 'decode', wrapped('\n'), '--json')).json).not.toHaveProperty('repaired');
    expect((await done('token', 'decode', wrapped('\n'))).stderr).toBe('');
  });

  it.each([
    ['an ellipsis', `${token.slice(0, 60)}…${token.slice(-20)}`, 61, 'U+2026'],
    ['a wide dot', token.replaceAll('.', '．'), token.indexOf('.') + 1, 'U+FF0E'],
  ])('is reported as cut by %s, with the place', async (_, text, at, name) => {
    const { run } = await freshMachine();
    expect((await run('token', 'decode', text)).stderr).toContain(`; character ${at} is ${name}.\n`);
  });

  it.each([
    ['cut in its signature', token.slice(0, -1), 'part 3 is not base64url: '],
    [
      'cut in its payload',
      token.slice(0, token.indexOf('.') + 20),
      'a JWT has 3 dot-separated parts, a JWE 5; this has 2',
    ],
  ])('is reported where another beside it is %s', async (_, broken, problem) => {
    const { run, done } = await freshMachine();
    const result = await run('token', 'decode', `A=${token}\nB=${broken}\n`);
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toContain(`warning: The text also contains a broken token: ${problem}`);
    expect((await done('token', 'decode', `${token}\neyeballs. eyJhbGci.x`)).stderr).toBe('');
  });

  it('is reported with the place where it breaks', async () => {
    const { run } = await freshMachine();
    const [head = '', body = '', signature] = token.split('.');
    const broken = `Authorization: Bearer ${head}.${body.slice(0, 11)}…${body.slice(30)}.${signature}\n`;
    expect(await run('token', 'decode', broken)).toMatchObject({
      code: 3,
      stdout: '',
      stderr: 'error: This is not a token: part 2 is not base64url: character 12 is U+2026.\n',
    });
  });
});

describe('token verify reads its input as an API would', () => {
  it.each([
    [
      `${token}==`,
      /part 3 is not canonical base64url: character \d+ is '='/,
      'The text contains a token (with padding), but an API accepts only the bare token: pass that',
    ],
    [
      wrapped('\n'),
      /white space in part \d/,
      'The text contains a token, but an API accepts only the bare token: pass that.',
    ],
    [
      `{"access_token":"${token}"}`,
      /JSON, not a token/,
      'The text contains a token, but an API accepts only the bare token: pass that.',
    ],
    [
      `Authorization: Bearer ${token}`,
      /white space in part/,
      'The text contains a token, but an API accepts only the bare token: pass that.',
    ],
    ['nonsense', /has 3 dot-separated parts/, 'Is the token complete and unchanged?'],
  ])('and explains what to do: %#', async (text, detail, hint) => {
    const { run, file } = await freshMachine();
    const { code, stdout, stderr } = await run('token', 'verify', text, '--jwks', file('key.json', set));
    expect(code).toBe(3);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(detail);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(hint);
  });
});

describe('the three states of a signature', () => {
  it.each<[string, string, object, number, string]>([
    ['verified', token, { ...rsa.publicJwk, kid: 'k1' }, 0, 'verified'],
    ['wrong', `${token.slice(0, -8)}AAAAAAAA`, { ...rsa.publicJwk, kid: 'k1' }, 3, 'wrong'],
    [
      'not checked, for the key is of another name',
      token,
      { ...rsa.publicJwk, n: `x${rsa.publicJwk.n?.slice(1)}`, kid: 'k2' },
      0,
      'not_checked',
    ],
    ['not checked, for the key is weak', token, { ...rsa.publicJwk, kid: 'k1', e: 'AQ' }, 0, 'not_checked'],
    [
      'not checked, for nobody here knows the algorithm',
      `${part({ alg: 'ES256K' })}.${part({})}.AAAA`,
      rsa.publicJwk,
      0,
      'not_checked',
    ],
  ])('%s: decode ends with 3 only if it is wrong', async (_, given, jwk, code, state) => {
    const { run, file } = await freshMachine();
    const key = file('key.json', JSON.stringify(jwk));
    const shown = await run('token', 'decode', given, '--key', key, '--json');
    expect({ code: shown.code, state: shown.json.signature.state }).toEqual({ code, state });
    const { stdout } = await run('token', 'decode', given, '--key', key);
    expect(stdout.includes('Trust nothing below')).toBe(state === 'wrong');
    const verified = await run('token', 'verify', given, '--jwks', key, '--json');
    expect(verified.json.valid).toBe(state === 'verified');
    const states = verified.json.checks.map(
      (check: { ok?: boolean; not_checked?: true }) => check.not_checked ?? check.ok,
    );
    if (state === 'not_checked') expect(states.filter((one: unknown) => one === false)).toEqual([]);
    if (state === 'not_checked')
      expect(JSON.parse(verified.stderr).error.message).toMatch(/^The token could not be checked: /);
  });

  it('a short secret works with a warning, on stderr and in the result', async () => {
    const { run, file } = await freshMachine();
    const given = await sign({ sub: 'anon|1' }, Buffer.from('your-256-bit-secret'), { alg: 'HS256' });
    const key = file('secret.txt', 'your-256-bit-secret\n');
    const warning = 'the secret has 19 bytes, but HS256 requires 32: it could be guessed';
    const { code, stdout, stderr } = await run('token', 'decode', given, '--key', key);
    expect(code).toBe(0);
    expect(stdout).toMatch(/✔ signature verified: \S+secret\.txt\n/);
    expect(stdout).toContain(`  ! ${warning}.\n`);
    expect(stderr).toBe(`warning: The token: ${warning}.\n`);
    expect((await run('token', 'decode', given, '--key', key, '--json')).json.signature.warning).toBe(warning);
  });
});

it('a compressed key set is read', async () => {
  const { done } = await freshMachine({ seeded: false });
  const { url } = await servedAnswer(
    async () => new Response(gzipSync(set), { headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain' } }),
  );
  await done('token', 'verify', token, '--jwks', `${url}/keys`);
});
