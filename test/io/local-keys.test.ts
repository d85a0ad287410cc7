import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localKeyRing } from '../../src/io/local-keys.ts';
import { sqliteStore } from '../../src/local/store/sqlite.ts';
import { temporaryFolder } from '../support/folder.ts';
import { openTenant, otherTenantKeys, testTenant } from '../support/local.ts';
import { decode } from '../support/tokens.ts';

function keysOf(path: string) {
  const warnings: string[] = [];
  let looks = 0;
  const findState = async () => {
    looks += 1;
    return path;
  };
  return { ring: localKeyRing(findState, (message) => void warnings.push(message)), warnings, looks: () => looks };
}

const newPath = () => join(temporaryFolder(), 'local-tenant.db');

/** The state of a local tenant with the keys of every test tenant. */
async function statePath(): Promise<string> {
  const path = newPath();
  const store = sqliteStore(path);
  await testTenant({ store });
  store.close();
  return path;
}

describe('offline', () => {
  it.each(['jwe', 'jwt'] as const)(
    'the tokens of the local tenant in the format %s are read and verified',
    async (format) => {
      const { ring } = keysOf(await statePath());
      const tenant = await openTenant({ settings: { anonymous_session_token_format: format } });
      const { access_token, session_token } = await tenant.session();
      expect((await decode(access_token, ring)).signature).toEqual({
        state: 'verified',
        key: expect.stringMatching(/^key \S+ of the local tenant$/),
      });
      expect(await decode(session_token, ring)).toMatchObject(
        format === 'jwt'
          ? { signature: { state: 'verified' } }
          : { seal: { state: 'opened', key: "the local tenant's session key" } },
      );
    },
  );

  it('they are so by whatever port the tenant was served at', async () => {
    const { ring } = keysOf(await statePath());
    const { access_token } = await (await openTenant({ domain: 'localhost:4999' })).session();
    expect(await decode(access_token, ring)).toMatchObject({ signature: { state: 'verified' } });
  });

  it('the tokens of another local tenant name a key that is not there, and stay sealed', async () => {
    const { ring } = keysOf(await statePath());
    const other = await (await openTenant({ keys: async () => otherTenantKeys })).session();
    expect(await decode(other.access_token, ring)).toMatchObject({
      signature: {
        state: 'not_checked',
        reason: expect.stringMatching(/^key \S+ is not at hand, and it does not fit key /),
      },
    });
    expect(await decode(other.session_token, ring)).toMatchObject({
      seal: { state: 'sealed', reason: "it does not open with the local tenant's session key" },
    });
  });

  it('the state is not even looked for when a token is of another issuer', async () => {
    const { ring, looks } = keysOf(await statePath());
    for (const issuer of [
      'https://acme.eu.auth0.com/',
      'http://localhost:4400/',
      'https://localhost.evil.example/',
      undefined,
    ]) {
      expect(await ring.signatureKeys({ kid: undefined, issuer })).toEqual([]);
    }
    expect(looks()).toBe(0);
  });
});

describe('where there is no local tenant there are no keys:', () => {
  const local = { kid: undefined, issuer: 'https://localhost:4400/' };

  it('no state, and none is made', async () => {
    const path = newPath();
    const { ring, warnings } = keysOf(path);
    expect([await ring.signatureKeys(local), await ring.sealKeys()]).toEqual([[], []]);
    expect(existsSync(path)).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('a state that is still empty', async () => {
    const path = newPath();
    sqliteStore(path).close();
    const { ring, warnings } = keysOf(path);
    expect([await ring.signatureKeys(local), await ring.sealKeys()]).toEqual([[], []]);
    expect(warnings).toEqual([]);
  });

  it('a state that is none, which is left as it is, with a warning', async () => {
    const path = newPath();
    const text = 'this is not a database, and it is longer than a header. '.repeat(40);
    writeFileSync(path, text);
    const { ring, warnings } = keysOf(path);
    expect(await ring.sealKeys()).toEqual([]);
    expect(warnings).toEqual([`The local tenant's state ${path} cannot be read, so its keys are not at hand.`]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
