import { describe, expect, it } from 'vitest';
import { chooseClaimsHolder } from '../../../src/domain/claims/mapping.ts';
import { previewToken } from '../../../src/domain/claims/preview.ts';
import type { SavedSession } from '../../../src/domain/session/saved-session.ts';
import { editionNamed } from '../../../src/wire/edition/editions.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { connectionTo } from '../../support/domain.ts';
import { claimsOf, openTenant } from '../../support/local.ts';

const expressionOf = (path: string) => `anonymous_session.${path}`;
const mapping = (name: string, path: string) => ({ name, expression: expressionOf(path) });
const none = { named: { app: undefined, api: undefined }, chosen: {} };

async function started(edition: 'preview' | 'ea', members: JsonObject = {}, settings: JsonObject = {}) {
  const tenant = await openTenant({ edition, settings });
  const tokens = await tenant.session({ metadata: { language: 'en' }, ...members });
  const session: SavedSession = {
    sessionToken: tokens.session_token,
    accessToken: tokens.access_token,
    clientId: tenant.app.client_id,
    audience: tenant.api.identifier,
  };
  const connection = connectionTo(tenant);
  return { tenant, session, connection, holder: await chooseClaimsHolder(connection, none) };
}

describe.each(['preview', 'ea'] as const)('the preview in edition %s', (edition) => {
  it('shows the claims of the next access token, without a request', async () => {
    const nested = { cart: { items: [1, { n: 2 }] }, none: { x: null } };
    const metadata = { language: 'en', items: 3, beta: false, empty: '', ...(edition === 'preview' && nested) };
    const { tenant, session, connection, holder } = await started(edition, { metadata });
    const claims = [
      ...['language', 'items', 'beta', 'empty', ...(edition === 'preview' ? ['cart', 'cart.items', 'none'] : [])].map(
        (key) => mapping(key, `metadata.${key}`),
      ),
      mapping('all', 'metadata'),
      mapping('guest', 'user_id'),
      mapping('since', 'created_at'),
      mapping('id', 'session_id'),
      mapping('country', 'metadata.country'),
    ];
    const asked = connection.sent.length;
    const preview = await previewToken(connection, holder, claims, session);
    expect(connection.sent).toHaveLength(asked);
    if ('none' in preview) throw new Error(preview.none);

    const members = editionNamed(edition).claims.write(claims, {});
    if (edition === 'ea') await tenant.change('resource_server', tenant.api.id, members);
    else await tenant.change('client', tenant.app.client_id, members);
    const next = await tenant.session({ session_token: session.sessionToken });
    const { iat, exp, jti, ...rest } = claimsOf(next.access_token);
    const mapped = Object.fromEntries(preview.mapped.map(({ name, value }) => [name, value]));
    expect({ ...preview.service, ...mapped }).toEqual(rest);
    expect(preview.mapped.map(({ name }) => name)).toEqual(claims.slice(0, -1).map(({ name }) => name));
    expect(preview.leftOut).toEqual([
      { ...claims.at(-1), state: 'left_out', reason: "the session's metadata has no 'country'" },
    ]);
  });

  it('leaves out claims of a removed mapping', async () => {
    const { tenant, session, connection, holder } = await started(edition);
    const members = editionNamed(edition).claims.write([mapping('old', 'user_id')], {});
    if (edition === 'ea') await tenant.change('resource_server', tenant.api.id, members);
    else await tenant.change('client', tenant.app.client_id, members);
    const { access_token: accessToken } = await tenant.session({ session_token: session.sessionToken });
    expect(claimsOf(accessToken).old).toBeDefined();
    const preview = await previewToken(connection, holder, [], { ...session, accessToken });
    expect(preview).toMatchObject({ mapped: [], leftOut: [] });
    expect(preview).not.toHaveProperty(['service', 'old']);
  });

  it('reports what is unknown if the session token cannot be decrypted', async () => {
    const { session, connection, holder } = await started(edition);
    const claims = [mapping('guest', 'user_id'), mapping('language', 'metadata.language')];
    const preview = await previewToken({ ...connection, sessionKeys: undefined }, holder, claims, session);
    expect(preview).toMatchObject({
      mapped: [{ name: 'guest', value: claimsOf(session.accessToken).sub }],
      leftOut: [
        {
          name: 'language',
          state: 'unknown',
          reason: 'the session token is encrypted, so only the tenant knows its metadata',
        },
      ],
    });
  });

  it('uses the last known metadata and expiry if the session token cannot be decrypted', async () => {
    const { session, connection, holder } = await started(edition);
    const claims = [mapping('language', 'metadata.language'), mapping('id', 'session_id')];
    const sealed = { ...connection, sessionKeys: undefined };
    const heard = {
      ...session,
      guestId: 'me',
      metadata: { language: 'fr' },
      sessionEndsAtMs: connection.clock.now() + 1,
    };
    expect(await previewToken(sealed, holder, [...claims, mapping('guest', 'user_id')], heard)).toMatchObject({
      mapped: [
        { name: 'language', value: 'fr' },
        { name: 'guest', value: 'me' },
      ],
      leftOut: [{ name: 'id', state: 'unknown' }],
      metadataAsLastKnown: true,
    });
    const ended = { ...heard, sessionEndsAtMs: connection.clock.now() };
    expect(await previewToken(sealed, holder, claims, ended)).toEqual({ none: 'the current session has expired' });
    // What can be opened is believed, and not what was heard.
    expect(await previewToken(connection, holder, claims, heard)).toMatchObject({
      mapped: [{ value: 'en' }, { name: 'id' }],
      metadataAsLastKnown: false,
    });
  });

  it('exists only for sessions that the mapping applies to', async () => {
    const { session, connection, holder } = await started(edition);
    const other = { ...session, clientId: 'other', audience: 'urn:other' };
    expect(await previewToken(connection, holder, [], undefined)).toEqual({ none: 'no session is saved' });
    expect(await previewToken(connection, holder, [], other)).toEqual({
      none:
        edition === 'ea'
          ? "the current session is for another API, not 'shop'"
          : "the current session is for another application, not 'web'",
    });
    // The one that the list does not depend on may be any.
    const elsewhere = edition === 'ea' ? { clientId: 'other' } : { audience: 'urn:other' };
    expect(await previewToken(connection, holder, [], { ...session, ...elsewhere })).toHaveProperty('service');
  });

  it('does not exist for an expired session', async () => {
    const { tenant, session, connection, holder } = await started(edition);
    tenant.clock.forward(2_592_000);
    expect(await previewToken(connection, holder, [], session)).toEqual({ none: 'the current session has expired' });
  });
});

describe('a claim that is left out', () => {
  it('is reported as null or missing, also in nested values', async () => {
    const { session, connection, holder } = await started('preview', {
      metadata: { cart: { items: 3, note: null } },
    });
    const claims = ['cart.items', 'cart.note', 'cart.none.deep'].map((path) => mapping(path, `metadata.${path}`));
    expect(await previewToken(connection, holder, claims, session)).toMatchObject({
      mapped: [{ name: 'cart.items', value: 3 }],
      leftOut: [
        { name: 'cart.note', reason: 'metadata.cart.note is null' },
        { name: 'cart.none.deep', reason: "the session's metadata has no 'cart.none.deep'" },
      ],
    });
  });

  it('can have an expression that is unknown here', async () => {
    const { session, connection, holder } = await started('preview');
    const claims = [mapping('sub', 'user_id'), mapping('end', 'expires_at')];
    expect(await previewToken(connection, holder, claims, session)).toMatchObject({
      mapped: [],
      leftOut: [
        { name: 'sub', state: 'left_out', reason: 'the name is reserved' },
        { name: 'end', state: 'unknown' },
      ],
    });
  });
});

it('a session token in the JWT format is read without a key', async () => {
  const { session, connection, holder } = await started('preview', {}, { anonymous_session_token_format: 'jwt' });
  const claims = [mapping('language', 'metadata.language')];
  expect(await previewToken({ ...connection, sessionKeys: undefined }, holder, claims, session)).toMatchObject({
    mapped: [{ name: 'language', value: 'en' }],
  });
});

it('invalid tokens give a preview of what is known', async () => {
  const { session, connection, holder } = await started('preview');
  const broken = { ...session, sessionToken: 'x', accessToken: 'y' };
  expect(await previewToken(connection, holder, [mapping('guest', 'user_id')], broken)).toMatchObject({
    service: {},
    mapped: [],
    leftOut: [{ name: 'guest', state: 'unknown' }],
  });
});
