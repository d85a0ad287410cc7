import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localKeyRing } from '../../../src/io/embedded/keys.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { openTenant, otherTenantKeys, testTenant } from '../../support/local.ts';
import { sqliteStore } from '../../support/sqlite-store.ts';
import { decode } from '../../support/tokens.ts';

const time = { now: () => Date.UTC(2026, 5, 1, 12), onMoved() {} };

function keysOf(path: string) {
  const warnings: string[] = [];
  let looks = 0;
  const findState = async () => {
    looks += 1;
    return { file: path };
  };
  return {
    ring: localKeyRing(findState, (message) => void warnings.push(message), undefined, time),
    warnings,
    looks: () => looks,
  };
}

const newPath = () => join(temporaryFolder(), 'local-tenant.db');

/** The state of a local tenant with the keys of every test tenant. */
async function statePath(doors: { domain?: string } = {}): Promise<string> {
  const path = newPath();
  const store = await sqliteStore(path);
  await testTenant({ ...doors, store });
  await store.close();
  return path;
}

describe('offline', () => {
  it.each(['jwe', 'jwt'] as const)('tokens of the local tenant in format %s are read and verified', async (format) => {
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
  });

  it.each(['localhost:4999', 'guests.example'])('so are they under the issuer in the state: %s', async (domain) => {
    const path = await statePath({ domain });
    const { access_token } = await (await openTenant({ domain })).session();
    expect(await decode(access_token, keysOf(path).ring)).toMatchObject({ signature: { state: 'verified' } });
    const before = await (await openTenant()).session();
    expect(await decode(before.access_token, keysOf(path).ring)).toMatchObject({
      signature: { state: 'not_checked', reason: 'no key of its issuer available' },
    });
  });

  it('the token of a tenant with the same name and other keys is not checked', async () => {
    const { ring } = keysOf(await statePath({ domain: 'guests.example' }));
    const other = await openTenant({ domain: 'guests.example', keys: async () => otherTenantKeys });
    expect(await decode((await other.session()).access_token, ring)).toMatchObject({
      signature: { state: 'not_checked' },
    });
  });

  it("another edition than the state's is refused for its tokens, and its key is not tried on tokens of unknown issuers", async () => {
    const path = await statePath();
    const warnings: string[] = [];
    const ring = localKeyRing(
      async () => ({ file: path }),
      (message) => void warnings.push(message),
      'ea',
      time,
    );
    const { access_token, session_token } = await (await openTenant()).session();
    await expect(decode(access_token, ring)).rejects.toMatchObject({
      code: 'edition_unsupported',
      hint: 'To reset it to edition ea: anon-cli local reset --edition ea',
    });
    expect(await decode(session_token, ring)).toMatchObject({ seal: { state: 'sealed' } });
    expect(warnings).toEqual(['The local tenant uses edition preview, not ea. Its key is not tried.']);
  });

  it('the tokens of another local tenant name an unknown key, and stay encrypted', async () => {
    const { ring } = keysOf(await statePath());
    const other = await (await openTenant({ keys: async () => otherTenantKeys })).session();
    expect(await decode(other.access_token, ring)).toMatchObject({
      signature: {
        state: 'not_checked',
        reason: expect.stringMatching(/^key \S+ is not available, and it does not match key /),
      },
    });
    expect(await decode(other.session_token, ring)).toMatchObject({
      seal: { state: 'sealed', reason: "it can't be decrypted with the local tenant's session key" },
    });
  });

  it('the state is not even looked up for a token of a cloud tenant', async () => {
    const { ring, looks } = keysOf(await statePath());
    for (const issuer of ['https://acme.eu.auth0.com/', 'http://localhost:4400/', undefined]) {
      expect(await ring.signatureKeys({ kid: undefined, issuer })).toEqual([]);
    }
    expect(looks()).toBe(0);
    expect(await ring.signatureKeys({ kid: undefined, issuer: 'https://localhost.evil.example/' })).toEqual([]);
  });
});

describe('without a local tenant there are no keys:', () => {
  const local = { kid: undefined, issuer: 'https://localhost:4400/' };

  it('no state, and none is created', async () => {
    const path = newPath();
    const { ring, warnings } = keysOf(path);
    expect([await ring.signatureKeys(local), await ring.sealKeys()]).toEqual([[], []]);
    expect(existsSync(path)).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('an empty state', async () => {
    const path = newPath();
    await (await sqliteStore(path)).close();
    const { ring, warnings } = keysOf(path);
    expect([await ring.signatureKeys(local), await ring.sealKeys()]).toEqual([[], []]);
    expect(warnings).toEqual([]);
  });

  it('an invalid state, which is left unchanged, with a warning', async () => {
    const path = newPath();
    const text = 'this is not a database, and it is longer than a header. '.repeat(40);
    writeFileSync(path, text);
    const { ring, warnings } = keysOf(path);
    expect(await ring.sealKeys()).toEqual([]);
    expect(warnings).toEqual([`The local tenant's state ${path} is damaged. Its keys can't be used.`]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
