import { createPublicKey } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactEncrypt, exportSPKI, importJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { tokenDecodeCommand } from '../../../../src/cli/commands/token/decode.ts';
import { freshMachine, openMachine, parsed } from '../../../support/command.ts';
import { otherTenantKeys, testKeys } from '../../../support/local.ts';

const local = 'https://localhost:4400/';
const noon = Date.UTC(2026, 5, 1, 12) / 1000;

/** A JWT of somebody else: signed with the keys of a tenant that is not the local one. */
async function foreignJwt(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
  const key = await importJWK({ ...otherTenantKeys.signing.jwk, kty: 'RSA' }, 'RS256');
  const payload = { iss: 'https://acme.eu.auth0.com/', sub: 'anon|somebody', iat: noon, exp: noon + 3600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header }).sign(key);
}

async function foreignJwe(text = '{"user_id":"anon|somebody"}'): Promise<string> {
  const key = Buffer.from(otherTenantKeys.session.k, 'base64url');
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(key);
}

const publicJwk = ({ kty, n, e }: { kty?: string; n?: string; e?: string }) => JSON.stringify({ kty, n, e });

describe('where token decode takes its token from', () => {
  it('can be the command line', async () => {
    const { done } = await freshMachine();
    const { stdout } = await done('token', 'decode', await foreignJwt());
    expect(stdout).toMatch(/^Token {2}[\w-]{12}….{6} \(JWT, \d+ characters\)\n/);
    expect(stdout).toMatch(/sub +anon\|somebody\n/);
  });

  it("can be stdin, with '-' or a pipe", async () => {
    const { done, terminal } = await freshMachine();
    const token = await foreignJwt();
    for (const args of [['-'], []]) {
      terminal.stdin = `${token}\n`;
      expect((await done('token', 'decode', ...args, '--field', 'claims.sub')).stdout).toBe('anon|somebody\n');
    }
  });

  it('is the command line even if something is piped in', async () => {
    const { done, terminal } = await freshMachine();
    terminal.stdin = 'something else';
    expect((await done('token', 'decode', await foreignJwt(), '--field', 'claims.sub')).stdout).toBe('anon|somebody\n');
  });

  it('defaults to both saved tokens', async () => {
    const { done } = await openMachine();
    await done('token', 'create', '--meta', 'language=en');
    const { stdout } = await done('token', 'decode');
    expect(stdout).toMatch(/^Session token .*\n {2}✔ decrypted and authentic: the local tenant's session key\n/);
    expect(stdout).toMatch(/\nAccess token .*\n {2}✔ signature verified: key .* of the local tenant\n/);
    const { json } = await done('token', 'decode', '--json');
    expect(json.session_token).toMatchObject({ form: 'jwe', seal: { state: 'opened' } });
    expect(json.session_token.claims.metadata).toEqual({ language: 'en' });
    expect(json.access_token).toMatchObject({ form: 'jws', signature: { state: 'verified' } });
  });

  it('can be a file, also one that PowerShell wrote', async () => {
    const { done, folder } = await freshMachine();
    const path = join(folder, 'token.txt');
    writeFileSync(path, Buffer.from(`\ufeffACCESS_TOKEN=${await foreignJwt()}\r\n`, 'utf16le'));
    expect((await done('token', 'decode', `@${path}`, '--field', 'claims.sub')).stdout).toBe('anon|somebody\n');
  });

  it('is an error if nothing is saved either', async () => {
    const { run } = await freshMachine();
    const expected = {
      code: 2,
      stderr:
        'error: No token given, and no saved session to use instead.\n' +
        'hint:  Pass a token, or pipe it in. To create a session: anon-cli token create\n',
    };
    expect(await run('token', 'decode')).toMatchObject(expected);
  });

  it('is never the saved session if stdin, a file or the argument is empty', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    const path = machine.file('token.txt', '\n');
    for (const given of [[], ['-'], [`@${path}`], [''], [' '], [await foreignJwt(), '-'], [await foreignJwt(), '']]) {
      for (const command of ['decode', 'diff']) {
        if (command === 'diff' && given.length === 0) continue;
        machine.terminal.stdin = '\n';
        const { code, stdout, stderr } = await machine.run('token', command, ...given);
        expect({ command, given, code, stdout }).toEqual({ command, given, code: 3, stdout: '' });
        expect(stderr).toContain('is empty');
      }
    }
    expect(await machine.run('token', 'decode', '@')).toMatchObject({
      code: 2,
      stderr: "error: '@' needs a file name: @<file>\n",
    });
  });

  it('may contain a token wrapped over lines, after Bearer', async () => {
    const { done, terminal } = await freshMachine();
    const token = await foreignJwt();
    terminal.stdin = `Bearer ${token.replace(/.{64}/g, '$&\n')}\n`;
    expect((await done('token', 'decode', '-', '--field', 'claims.sub')).stdout).toBe('anon|somebody\n');
    const { stdout } = await done('token', 'decode', '-');
    expect(stdout.split('\n')[0]).toBe(
      `Token  ${token.slice(0, 12)}…${token.slice(-6)} (JWT, ${token.length} characters)`,
    );
  });
});

describe('what token decode reports about a signature', () => {
  it('is a prominent "not checked" for an issuer without known keys', async () => {
    const { done } = await freshMachine();
    const token = await foreignJwt();
    expect((await done('token', 'decode', token)).stdout).toContain(
      '! SIGNATURE NOT CHECKED: no key of its issuer available. Anyone could have written this.\n',
    );
    expect((await done('token', 'decode', token, '--field', 'signature.state')).stdout).toBe('not_checked\n');
  });

  it('is that it is missing, for alg none', async () => {
    const { done } = await freshMachine();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ iss: local, sub: 'anyone' })}.`;
    const { stdout } = await done('token', 'decode', token);
    expect(stdout).toContain("! SIGNATURE NOT CHECKED: the token is not signed (alg 'none')");
  });

  it.each([
    ['people', [], '✘ SIGNATURE WRONG: it does not match key '],
    ['machines', ['--json'], '"state": "wrong"'],
  ])('is that it is wrong, shown to %s all the same, with exit code 3', async (_who, options, shown) => {
    const { run } = await freshMachine();
    const forged = await foreignJwt({ iss: local }, { kid: testKeys.signing.kid });
    const { code, stdout, stderr } = await run('token', 'decode', forged, ...options);
    expect(code).toBe(3);
    expect(stdout).toContain(shown);
    expect(stdout).toContain('anon|somebody');
    expect(stderr).toContain('The signature is wrong: it does not match key ');
  });

  it('is which key of a file verifies it: a JWK, a JWK Set or PEM', async () => {
    const { done, run, file } = await freshMachine();
    const { jwk } = otherTenantKeys.signing;
    const token = await foreignJwt();
    const pem = await exportSPKI(createPublicKey({ key: jwk, format: 'jwk' }));
    const files = [
      file('key.json', publicJwk(jwk)),
      file('keys.json', `{"keys":[${publicJwk(testKeys.signing.jwk)},${publicJwk(jwk)}]}`),
      file('key.pem', pem),
    ];
    for (const path of files) {
      const { json } = await done('token', 'decode', token, '--key', path, '--json');
      expect(json.signature).toEqual({ state: 'verified', key: path });
    }
    const other = file('other.json', publicJwk(testKeys.signing.jwk));
    expect(await run('token', 'decode', token, '--key', other)).toMatchObject({ code: 3 });
  });

  it('is nothing if the file has no key or does not exist', async () => {
    const { run, file } = await freshMachine();
    const token = await foreignJwt();
    expect(await run('token', 'decode', token, '--key', file('key.txt', 'no key'))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/No key found in .*key\.txt\.\nhint: {2}Pass a JWK, a JWK Set, a PEM key /),
    });
    expect(await run('token', 'decode', token, '--key', '/nowhere')).toMatchObject({
      code: 2,
      stderr: 'error: /nowhere cannot be read: no such file.\n',
    });
  });
});

describe('what token decode reports about an encrypted token', () => {
  it('is that it is encrypted, which is not an error, with or without a local tenant', async () => {
    const token = await foreignJwe();
    const { done } = await freshMachine();
    const { stdout } = await done('token', 'decode', token);
    expect(stdout).toContain(
      "▪ Encrypted: only the holder of its key can read it (it can't be decrypted with the local tenant's session key)",
    );
    expect(stdout).toMatch(/header +alg dir, enc A256GCM\n/);

    const { done: elsewhere, statePath } = await freshMachine({ seeded: false });
    expect((await elsewhere('token', 'decode', token, '--json')).json).toEqual({
      form: 'jwe',
      header: { alg: 'dir', enc: 'A256GCM' },
      seal: { state: 'sealed', reason: 'no key on this machine' },
      times: {},
    });
    // And none is made for it.
    expect(existsSync(statePath)).toBe(false);
  });

  it('is its content, with its key: claims, text, or a token', async () => {
    const { done, file } = await freshMachine();
    const key = file('key.json', JSON.stringify({ kty: 'oct', k: otherTenantKeys.session.k }));
    const decode = async (token: string) => (await done('token', 'decode', token, '--key', key, '--json')).json;
    expect(await decode(await foreignJwe())).toMatchObject({
      seal: { state: 'opened', key },
      claims: { user_id: 'anon|somebody' },
    });
    expect(await decode(await foreignJwe('plain text'))).toMatchObject({ text: 'plain text' });
    const nested = await foreignJwe(await foreignJwt());
    const rsa = file(
      'keys.json',
      JSON.stringify({ keys: [{ kty: 'oct', k: otherTenantKeys.session.k }, otherTenantKeys.signing.jwk] }),
    );
    const { json } = await done('token', 'decode', nested, '--key', rsa, '--json');
    expect(json.inner).toMatchObject({
      form: 'jws',
      claims: { sub: 'anon|somebody' },
      signature: { state: 'verified' },
    });
    expect((await done('token', 'decode', nested, '--key', rsa)).stdout).toMatch(
      /\nInside\n {2}✔ signature verified: /,
    );
  });
});

describe('the times of a token', () => {
  it.each([
    [{ exp: noon + 30 * 86_400 }, 'exp', '2026-07-01 12:00:00 UTC (in 30 days)'],
    [{ exp: noon - 7200 }, 'exp', '2026-06-01 10:00:00 UTC (expired 2 hours ago)'],
    [{ iat: noon }, 'iat', '2026-06-01 12:00:00 UTC (just now)'],
    [{ nbf: noon + 60 }, 'nbf', '2026-06-01 12:01:00 UTC (in 1 minute)'],
    [{ exp: 1e300 }, 'exp', '1e+300'],
    [{ exp: undefined }, 'exp', 'not set: the token never expires'],
  ])('are dates with what is left: %j', async (claims, claim, text) => {
    const { done } = await freshMachine();
    const { stdout } = await done('token', 'decode', await foreignJwt(claims));
    expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toContainEqual([claim, text]);
  });

  it('are also dates in JSON', async () => {
    const { done, clock } = await freshMachine();
    clock.forward(600);
    const { json } = await done('token', 'decode', await foreignJwt(), '--json');
    expect(json.times).toEqual({
      iat: { at: '2026-06-01T12:00:00.000Z', seconds_from_now: -600 },
      exp: { at: '2026-06-01T13:00:00.000Z', seconds_from_now: 3000 },
    });
  });
});

describe('garbage given to token decode', () => {
  const part = (text: string) => Buffer.from(text).toString('base64url');
  it.each([
    ['words', 'not a token', 'this has 1'],
    ['two parts', 'aaaa.bbbb', 'this has 2'],
    ['six parts', 'a.b.c.d.e.f', 'this has 6'],
    ['letters that are not base64url', `${part('{"alg":"RS256"}')}.%%%.c`, 'part 2 is not base64url'],
    ['a header that is not JSON', `${part('nope')}.${part('{}')}.c2ln`, 'header is not a JSON object'],
    ['a header that is a list', `${part('["alg"]')}.${part('{}')}.c2ln`, 'header is not a JSON object'],
    ['a header that is not UTF-8', `${Buffer.from([0xff, 0xfe]).toString('base64url')}.${part('{}')}.c2ln`, 'header'],
    ['a header without alg', `${part('{"typ":"JWT"}')}.${part('{}')}.c2ln`, "has no 'alg'"],
    ['five parts without enc', `${part('{"alg":"dir"}')}....`, "has no 'enc'"],
    ['JSON', '{"payload":"","signatures":[]}', 'it is JSON'],
    ['nothing', ' ', 'it is empty'],
    ['very much', 'a'.repeat(1_000_001), 'longer than 1000000 characters'],
  ])('is one clear line and exit code 3: %s', async (_kind, token, problem) => {
    const { run } = await freshMachine();
    const { code, stdout, stderr } = await run('token', 'decode', token);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^error: This is not a token: .*\.\n$/);
    expect(stderr).toContain(problem);
    expect((await run('token', 'decode', token, '--json')).jsonError).toMatchObject({ exit_code: 3 });
  });

  it('may be endlessly nested claims, which are shown as text', async () => {
    const { done, run } = await freshMachine();
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const token = `${part('{"alg":"none"}')}.${part(deep)}.`;
    expect((await done('token', 'decode', token, '--json')).json).toMatchObject({ form: 'jws', text: deep });
    expect((await done('token', 'decode', token)).stdout).toMatch(/contents +\{"a":\[\[/);
    const header = `${part(deep)}.${part('{}')}.`;
    expect((await run('token', 'decode', header)).stderr).toContain('its header is not a JSON object');
  });

  it('cannot control the terminal from inside a token', async () => {
    const { done } = await freshMachine();
    const { stdout } = await done('token', 'decode', await foreignJwt({ name: '\u001b[2J\u202eevil', 'a\u0007b': 1 }));
    expect(stdout).toContain('\\u001b[2J\\u202eevil');
    expect(stdout).toContain('a\\u0007b');
    for (const character of ['\u001b', '\u202e', '\u0007']) expect(stdout).not.toContain(character);
  });
});

describe('several tokens given to token decode', () => {
  it('are each shown, and a list in JSON, if they are several arguments', async () => {
    const { done, terminal, file } = await freshMachine();
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((sub) => foreignJwt({ sub })));
    terminal.stdin = `Bearer ${two}\n`;
    const given = [one ?? '', '-', `@${file('token.txt', `${three}\n`)}`];
    const { stdout } = await done('token', 'decode', ...given);
    expect(stdout.match(/^Token \d {2}/gm)).toEqual(['Token 1  ', 'Token 2  ', 'Token 3  ']);
    const { json } = await done('token', 'decode', ...given, '--json');
    expect(json.map((token: { claims: { sub: string } }) => token.claims.sub)).toEqual(['one', 'two', 'three']);
    expect((await done('token', 'decode', ...given, '--field', '1.claims.sub')).stdout).toBe('two\n');
  });

  it("have the names of a token endpoint's answer", async () => {
    const { done } = await openMachine();
    const answer = (await done('token', 'create', '--json')).stdout;
    const { stdout } = await done('token', 'decode', answer);
    expect(stdout).toMatch(/^Session token .*\n {2}✔ decrypted and authentic/);
    expect(stdout).toMatch(/\nAccess token .*\n {2}✔ signature verified/);
    const { json } = await done('token', 'decode', answer, '--json');
    expect(json).toMatchObject([
      { name: 'session_token', form: 'jwe' },
      { name: 'access_token', form: 'jws' },
    ]);
  });

  it('have the names of the variables of a .env file, while a single one is no list', async () => {
    const { done, file } = await freshMachine();
    const [one, two] = [await foreignJwt({ sub: 'one' }), await foreignJwe()];
    const path = file('.env', `A=1\nexport ACCESS_TOKEN="${one}"\nSESSION=ANONYMOUS_SESSION_${two}\n`);
    const { json } = await done('token', 'decode', `@${path}`, '--json');
    expect(json).toMatchObject([
      { name: 'ACCESS_TOKEN', claims: { sub: 'one' } },
      { name: 'SESSION', seal: { state: 'sealed' } },
    ]);
    expect((await done('token', 'decode', `T=${one}`, '--field', 'claims.sub')).stdout).toBe('one\n');
    expect((await done('token', 'decode', `T=${one}`)).stdout).toMatch(/^T {2}/);
  });

  it('are refused if one of them is not a token, with its number and problem', async () => {
    const { run } = await freshMachine();
    expect(await run('token', 'decode', await foreignJwt(), 'garbage')).toMatchObject({
      code: 3,
      stdout: '',
      stderr: 'error: Argument 2 is not a token: a JWT has 3 dot-separated parts, a JWE 5; this has 1.\n',
    });
    expect(await run('token', 'decode', '-', '-')).toMatchObject({
      code: 2,
      stderr: "error: '-' can be given only once: stdin can't be read twice.\n",
    });
    expect(await run('token', 'decode', '@/nowhere')).toMatchObject({ code: 2, stdout: '' });
  });

  it('are all shown if the signature of one is wrong, and that one is named', async () => {
    const { run } = await freshMachine();
    const forged = await foreignJwt({ iss: local }, { kid: testKeys.signing.kid });
    const { code, stdout, stderr } = await run('token', 'decode', `A=${forged}\nB=${await foreignJwt()}`);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^A {2}[\s\S]*\nB {2}/);
    expect(stderr).toMatch(/^error: The signature of A is wrong: /);
  });
});

it('a key file may hold the raw bytes of a secret key', async () => {
  const { done, folder } = await freshMachine();
  const path = join(folder, 'secret.bin');
  writeFileSync(path, Buffer.from(otherTenantKeys.session.k, 'base64url'));
  const { json } = await done('token', 'decode', await foreignJwe(), '--key', path, '--json');
  expect(json).toMatchObject({ seal: { state: 'opened', key: path }, claims: { user_id: 'anon|somebody' } });
});

describe('what token decode parses', () => {
  it('are tokens and a key', async () => {
    expect(await parsed(tokenDecodeCommand)).toEqual([[], {}]);
    expect(await parsed(tokenDecodeCommand, '-', '--key', 'k.json', '--json')).toEqual([
      ['-'],
      { key: 'k.json', json: true },
    ]);
    expect(await parsed(tokenDecodeCommand, 'a', 'b')).toEqual([['a', 'b'], {}]);
  });
});
