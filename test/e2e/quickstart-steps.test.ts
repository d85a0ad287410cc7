import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { newHome, type Run, run, runShell } from '../support/bin.ts';

/** Runs a command that must succeed. */
async function done(home: string, ...args: string[]): Promise<Run> {
  const result = await run(home, args);
  expect(result, `anon-cli ${args.join(' ')}`).toMatchObject({ code: 0 });
  return result;
}

describe("the service's quickstart with one command per step, in a new home", () => {
  it('gives people both tokens, with the metadata in the session', async () => {
    const home = newHome();
    const says = async (line: string, text: string | RegExp) =>
      expect((await done(home, ...line.split(' '))).stdout).toMatch(text);
    await says('tenant show', /session lifetime +30 days \(2592000 seconds\)/);
    await says('tenant set-lifetime 30d', /Session lifetime: 30 days \(2592000 seconds\)\n {2}No changes/);
    await says('tenant set-format jwe', /Session token format: JWE/);
    await says('app list', /^web\tdisabled/m);
    await says('app enable web', /web may create guest sessions/);
    await says('app show web', /guests +enabled/);
    await says('app create kiosk', /Created application kiosk/);
    await says('app disable kiosk', /may no longer create guest sessions/);
    await says('api list', /^shop\tdisabled/m);
    await says(
      'api enable shop --scopes read:catalog,write:cart --token-lifetime 1d',
      /accepts guests: read:catalog write:cart/,
    );
    await says('api show shop', /guest scopes +read:catalog write:cart/);
    await says('api create news --audience urn:news --scopes read:articles', /Created API news/);
    await says('api disable news', /no longer accepts guests/);
    await says('token create', /✔ signature verified/);
    await says('token update --meta language=en --meta country=US', /metadata +\{"language":"en","country":"US"\}/);
    await says('token decode', /decrypted and authentic: the local tenant's session key/);
  });

  it('gives scripts the same as JSON, one document per stdout', async () => {
    const home = newHome();
    const json = async (line: string) => JSON.parse((await done(home, ...line.split(' '), '--json')).stdout);
    expect(await json('tenant show')).toMatchObject({ session_lifetime: 2_592_000, session_token_format: 'jwe' });
    expect(await json('tenant set-lifetime 60d')).toMatchObject({ session_lifetime: 5_184_000 });
    expect(await json('tenant set-format jwt')).toMatchObject({ session_token_format: 'jwt' });
    expect(await json('app list')).toMatchObject([{ name: 'web', enabled: false }]);
    expect(await json('app enable web')).toMatchObject({ enabled: true });
    expect(await json('api list')).toMatchObject([{ name: 'shop', enabled: false }]);
    expect(await json('api enable shop --scopes read:catalog')).toMatchObject({ guest_scopes: ['read:catalog'] });
    const created = await json('token create --meta a=1');
    const updated = await json('token update --meta b:=2');
    expect(decodeJwt(updated.session_token)).toMatchObject({
      user_id: decodeJwt(created.access_token).sub,
      metadata: { a: '1', b: 2 },
    });
    const decoded = await json('token decode');
    expect(decoded.access_token.signature.state).toBe('verified');
    expect(decoded.session_token.claims.metadata).toEqual({ a: '1', b: 2 });
  });

  it('works with pipes and $(…)', async () => {
    const home = newHome();
    const shell = async (line: string) => {
      const result = await runShell(home, line);
      expect(result, line).toMatchObject({ code: 0, stderr: '' });
      return result.stdout;
    };
    await done(home, 'app', 'enable', 'web');
    await done(home, 'api', 'enable', 'shop', '--scopes', 'read:catalog');
    expect(await shell('anon-cli token create --field access_token | anon-cli token decode')).toContain(
      '✔ signature verified: ',
    );
    expect(
      await shell('anon-cli token create --field session_token | anon-cli token decode - --field claims.session_id'),
    ).toMatch(/^sess_[\w-]+\n$/);
    expect(
      await shell('T=$(anon-cli token create --field access_token) && anon-cli token decode "$T" --field form'),
    ).toBe('jws\n');
    expect(
      await shell(
        'anon-cli token create --meta a=1 --field session_token | ' +
          'anon-cli token update --session-token - --meta b=2 --field decoded.session_token.claims.metadata',
      ),
    ).toBe('{"a":"1","b":"2"}\n');
    expect(
      await shell(
        `printf '{"from":"a pipe"}' | anon-cli token update --meta-file - --field decoded.session_token.claims.metadata`,
      ),
    ).toBe('{"a":"1","from":"a pipe"}\n');
    expect(await shell('anon-cli token decode --field session_token.claims.metadata </dev/null')).toBe(
      '{"a":"1","from":"a pipe"}\n',
    );
  });

  it('stops a script at a closed gate, and works after the suggested command', async () => {
    const home = newHome();
    const refused = await run(home, ['token', 'create', '--app', 'web', '--api', 'shop', '--json']);
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    const { error } = JSON.parse(refused.stderr);
    expect(error).toMatchObject({ gate: 'application', service_error: 'unauthorized_client' });
    expect((await runShell(home, error.command)).code).toBe(0);
    const next = await run(home, ['token', 'create', '--app', 'web', '--api', 'shop', '--json']);
    expect((await runShell(home, JSON.parse(next.stderr).error.command)).code).toBe(0);
    await done(home, 'token', 'create');
  });
});

describe('anon-cli quickstart', () => {
  it('runs all steps in an empty home, and the second time reports what was already set', async () => {
    const home = newHome();
    const first = await done(home, 'quickstart');
    expect(first.stderr).toBe('');
    expect(first.stdout.match(/^\d {2}\w+ +✔/gm)).toHaveLength(5);
    expect(first.stdout).toMatch(/metadata +\{"language":"en","country":"US"\}/);
    const second = await done(home, 'quickstart');
    expect(second.stdout.match(/\(no changes\)/g)).toHaveLength(3);
    const { stdout } = await done(home, 'quickstart', '--json');
    expect(JSON.parse(stdout).steps).toHaveLength(5);
  });
});
