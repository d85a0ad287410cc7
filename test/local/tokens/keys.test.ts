import { createPrivateKey, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeKeys, tenantKeys } from '../../../src/local/tokens/keys.ts';
import { otherTenantKeys, testKeys } from '../../support/local.ts';
import { memoryStore } from '../../support/memory-store.ts';

describe('the keys of a new tenant', () => {
  it('are 2048-bit RSA and 256 bits, and never the same', async () => {
    const [one, other] = await Promise.all([makeKeys(), makeKeys()]);
    const key = createPrivateKey({ key: one.signing.jwk, format: 'jwk' });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(Buffer.from(one.session.k, 'base64url')).toHaveLength(32);
    expect(one.signing.kid).not.toBe(other.signing.kid);
    expect(one.session.k).not.toBe(other.session.k);
  });
});

describe("the keys in a tenant's state", () => {
  it('are created once, until the state has others', async () => {
    const store = memoryStore();
    await store.write((writer) => writer.put('key', 'current', { ...testKeys }));
    const keys = await tenantKeys(store, 0);
    expect(await tenantKeys(store, 0)).toBe(keys);
    const signature = sign('sha256', Buffer.from('text'), keys.privateKey);
    expect(verify('sha256', Buffer.from('text'), keys.publicKey, signature)).toBe(true);

    await store.write((writer) => writer.put('key', 'current', { ...otherTenantKeys }));
    expect((await tenantKeys(store, 0)).kid).toBe(otherTenantKeys.signing.kid);
    expect(verify('sha256', Buffer.from('text'), (await tenantKeys(store, 0)).publicKey, signature)).toBe(false);
  });

  it('do not exist before the state is seeded', async () => {
    await expect(tenantKeys(memoryStore(), 0)).rejects.toThrow('the tenant has no keys');
  });
});
