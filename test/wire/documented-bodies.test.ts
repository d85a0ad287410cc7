import { readdirSync, readFileSync } from 'node:fs';
import type * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { anonymousTokenResponse, anonymousTransferResponse } from '../../src/wire/anonymous-token.ts';
import { client, clientPage } from '../../src/wire/client.ts';
import { clientGrant, clientGrantPage } from '../../src/wire/client-grant.ts';
import { jwks } from '../../src/wire/discovery.ts';
import { managementError } from '../../src/wire/management-error.ts';
import { oauthError, oauthTokenResponse } from '../../src/wire/oauth.ts';
import { resourceServer, resourceServerPage } from '../../src/wire/resource-server.ts';
import { check } from '../../src/wire/schema.ts';
import { tenantSettings } from '../../src/wire/tenant-settings.ts';

const folder = new URL('../fixtures/wire/', import.meta.url);

/** Every fixture and the schema that has to read it. */
const schemas: Record<string, v.GenericSchema> = {
  'anonymous-token-created': anonymousTokenResponse,
  'anonymous-token-refused': oauthError,
  'anonymous-token-renewed': anonymousTokenResponse,
  'anonymous-transfer-token': anonymousTransferResponse,
  client,
  'client-grant': clientGrant,
  'client-grant-page': clientGrantPage,
  'client-page': clientPage,
  jwks,
  'management-grant-not-found': managementError,
  'management-insufficient-scope': managementError,
  'management-invalid-token': managementError,
  'management-not-found': managementError,
  'oauth-token': oauthTokenResponse,
  'oauth-token-refused': oauthError,
  'oauth-token-without-scope': oauthTokenResponse,
  'resource-server': resourceServer,
  'resource-server-page': resourceServerPage,
  'tenant-settings': tenantSettings,
  'tenant-settings-ea': tenantSettings,
};

describe('bodies that were documented or recorded elsewhere', () => {
  it('are all read by a schema', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(schemas)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it.each(Object.entries(schemas))('%s is read and loses nothing', (name, schema) => {
    const { source, date, body } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
    expect(source).toMatch(/\w/);
    expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(check(schema, body)).toMatchObject({ ok: true, value: body });
  });
});
