import { describe, expect, it } from 'vitest';
import { detectEdition } from '../../../src/wire/edition/edition.ts';
import { preview } from '../../../src/wire/edition/preview.ts';

describe('detecting the edition of a tenant', () => {
  it.each([
    [{ anonymous_session_lifetime: 0 }, 'preview'],
    [{ anonymous_session_token_format: 'jwe' }, 'preview'],
    [{ sessions: { anonymous: { lifetime_in_minutes: 1 } } }, 'ea'],
    [{ flags: { anonymous_session_lifetime: 1 } }, 'ea'],
    [{}, 'ea'],
  ])('from %j gives %s', (settings, edition) => {
    expect(detectEdition(settings)).toBe(edition);
  });
});

describe('edition preview', () => {
  it("reads missing members as the service's defaults", () => {
    expect(preview.tenant.read({})).toEqual({ lifetimeSeconds: 2_592_000, tokenFormat: 'jwe', cookie: undefined });
    expect(preview.client.read({})).toEqual({ enabled: false });
    expect(preview.resourceServer.read({})).toEqual({ enabled: false, scopes: [], tokenLifetimeSeconds: 86_400 });
  });

  it('reads what it writes', () => {
    const settings = { lifetimeSeconds: 0, tokenFormat: 'jwt', cookie: undefined } as const;
    const access = { enabled: true, scopes: ['a', 'b'], tokenLifetimeSeconds: 60 };
    expect(preview.tenant.read(preview.tenant.write(settings, {}))).toEqual(settings);
    expect(preview.client.read(preview.client.write({ enabled: true }, {}))).toEqual({ enabled: true });
    expect(preview.resourceServer.read(preview.resourceServer.write(access, {}))).toEqual(access);
  });

  it('writes only what changes', () => {
    expect(preview.tenant.write({ tokenFormat: 'jwt' }, {})).toEqual({ anonymous_session_token_format: 'jwt' });
    expect(preview.resourceServer.write({ enabled: false }, {})).toEqual({ allow_anonymous_access: false });
    expect(preview.client.write({}, {})).toEqual({});
  });

  it('reads members of a wrong type as missing', () => {
    const tenant = { anonymous_session_lifetime: '60', anonymous_session_token_format: 'paseto' };
    const api = {
      allow_anonymous_access: 'true',
      anonymous_access_scopes: ['a', 1],
      token_lifetime_for_anonymous_access: null,
    };
    expect(preview.tenant.read(tenant)).toEqual({ lifetimeSeconds: 2_592_000, tokenFormat: 'jwe', cookie: undefined });
    expect(preview.client.read({ can_create_anonymous_sessions: 1 })).toEqual({ enabled: false });
    expect(preview.resourceServer.read(api)).toEqual({ enabled: false, scopes: ['a'], tokenLifetimeSeconds: 86_400 });
  });
});
