import { describe, expect, it } from 'vitest';
import { testTenant } from '../../support/local.ts';
import { memoryStore, watched } from '../../support/memory-store.ts';
import { payloadError } from '../../support/payload-error.ts';

const path = '/api/v2/tenants/settings';

describe('the tenant settings', () => {
  it('start with the defaults of anonymous sessions', async () => {
    const manage = await (await testTenant()).management();
    expect(await manage('GET', path)).toMatchObject({
      status: 200,
      body: {
        friendly_name: 'Local tenant',
        default_audience: '',
        anonymous_session_lifetime: 2_592_000,
        anonymous_session_token_format: 'jwe',
      },
    });
  });

  it.each([
    ['only those named', 'fields=flags,friendly_name', ['friendly_name', 'flags']],
    ['only those named, said twice', 'fields=flags&include_fields=true', ['flags']],
    ['none for a name that is not there', 'fields=nothing', []],
  ])('show %s', async (_, query, members) => {
    const manage = await (await testTenant()).management();
    expect(Object.keys((await manage('GET', `${path}?${query}`)).body)).toEqual(members);
  });

  it('show all fields but the excluded ones', async () => {
    const manage = await (await testTenant()).management();
    const { body: all } = await manage('GET', path);
    const { flags: _, ...others } = all;
    expect((await manage('GET', `${path}?fields=flags&include_fields=false`)).body).toEqual(others);
  });

  it.each([
    ['a lifetime', { anonymous_session_lifetime: 86_400 }],
    ['a lifetime without end', { anonymous_session_lifetime: 0 }],
    ['a format', { anonymous_session_token_format: 'jwt' }],
    ['an audience', { default_audience: 'https://api.shop.example' }],
    ['an empty audience', { default_audience: '' }],
    ['a list', { enabled_locales: ['de'] }],
  ])('are changed by %s, and by nothing else', async (_, json) => {
    const manage = await (await testTenant()).management();
    const { body: before } = await manage('GET', path);
    const { status, body } = await manage('PATCH', path, { json });
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, ...json });
    expect((await manage('GET', path)).body).toEqual(body);
  });

  it('merge nested objects one level deep, and remove members with null', async () => {
    const manage = await (await testTenant()).management();
    await manage('PATCH', path, { json: { guardian_mfa_page: { a: true, b: { x: 1, y: 2 } } } });
    const change = { guardian_mfa_page: { a: null, b: { z: 3 } }, error_page: null };
    const { body } = await manage('PATCH', path, { json: change });
    expect(body.guardian_mfa_page).toEqual({ b: { z: 3 } });
    expect(body).not.toHaveProperty('error_page');
    expect((await manage('PATCH', path, { json: { sessions: null } })).body).not.toHaveProperty('sessions');
  });

  it('can be changed with a form too', async () => {
    const manage = await (await testTenant()).management();
    expect(await manage('PATCH', path, { form: { friendly_name: 'Shop' } })).toMatchObject({
      status: 200,
      body: { friendly_name: 'Shop' },
    });
  });

  it.each([
    ['{}', "Payload validation error: 'Too few properties defined (0), minimum 1'."],
    [
      '{"session_lifetime_in_minutes":0}',
      "Payload validation error: 'Value 0 is equal or less than exclusive minimum 0' on property session_lifetime_in_minutes.",
    ],
    ['{"tenant_name":1}', "Payload validation error: 'Additional properties not allowed: tenant_name'."],
    [
      '{"anonymous_session_lifetime":-1}',
      "Payload validation error: 'Value -1 is less than minimum 0' on property anonymous_session_lifetime.",
    ],
    [
      '{"anonymous_session_token_format":"jws"}',
      "Payload validation error: 'No enum match for: jws' on property anonymous_session_token_format.",
    ],
    ['{', 'The body is not valid JSON.'],
    ['[]', 'The body must be a JSON object.'],
  ])('are not changed by %s', async (text, message) => {
    const manage = await (await testTenant()).management();
    const { body: before } = await manage('GET', path);
    const { status, body } = await manage('PATCH', path, { text });
    expect(body).toEqual({ statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' });
    expect(status).toBe(400);
    expect((await manage('GET', path)).body).toEqual(before);
  });

  describe('in edition ea', () => {
    const keepsPrompt = { oidc_logout_prompt_enabled: true };

    it.each([
      [
        { lifetime_in_minutes: 60, activate_cookie: false },
        { lifetime_in_minutes: 60, activate_cookie: false },
      ],
      // Assumed: sessions.anonymous is replaced as a whole.
      [{ lifetime_in_minutes: 60 }, { lifetime_in_minutes: 60 }],
      [{}, {}],
      [null, undefined],
    ])('replace sessions.anonymous, and keep its sibling: %j', async (anonymous, expected) => {
      const manage = await (await testTenant({ edition: 'ea' })).management();
      const { status, body } = await manage('PATCH', path, { json: { sessions: { anonymous } } });
      expect(status).toBe(200);
      expect(body.sessions).toEqual({ ...keepsPrompt, ...(expected && { anonymous: expected }) });
    });

    it('keep sessions.anonymous when its sibling changes', async () => {
      const manage = await (await testTenant({ edition: 'ea' })).management();
      const anonymous = { lifetime_in_minutes: 60, activate_cookie: true };
      await manage('PATCH', path, { json: { sessions: { anonymous } } });
      const { body } = await manage('PATCH', path, { json: { sessions: { oidc_logout_prompt_enabled: false } } });
      expect(body.sessions).toEqual({ oidc_logout_prompt_enabled: false, anonymous });
    });

    it.each([
      [{ lifetime_in_minutes: 0 }, 'Value 0 is less than minimum 1 on property sessions.anonymous.lifetime_in_minutes'],
      [
        { lifetime_in_minutes: 525_601 },
        'Value 525601 is greater than maximum 525600 on property sessions.anonymous.lifetime_in_minutes',
      ],
      [
        { lifetime_in_minutes: 1.5 },
        'Expected type integer but found type number on property sessions.anonymous.lifetime_in_minutes',
      ],
      [{ cookie: true }, 'Additional properties not allowed: cookie on property sessions.anonymous'],
    ])('are not changed by sessions.anonymous %j', async (anonymous, problem) => {
      const manage = await (await testTenant({ edition: 'ea' })).management();
      const { status, body } = await manage('PATCH', path, { json: { sessions: { anonymous } } });
      expect([status, body.message]).toEqual([400, payloadError(problem)]);
    });

    it('refuse the members of the other edition', async () => {
      const manage = await (await testTenant({ edition: 'ea' })).management();
      const { status, body } = await manage('PATCH', path, { json: { anonymous_session_lifetime: 60 } });
      expect([status, body.message]).toEqual([
        400,
        "Payload validation error: 'Additional properties not allowed: anonymous_session_lifetime'.",
      ]);
    });
  });

  it('return 500 when the state cannot be written', async () => {
    let isFull = false;
    const store = watched(memoryStore(), (name) => {
      if (isFull && name === 'write') throw new Error('disk full');
    });
    const tenant = await testTenant({ store });
    const manage = await tenant.management();
    isFull = true;
    expect(await manage('PATCH', path, { json: { friendly_name: 'a' } })).toMatchObject({
      status: 500,
      body: {
        statusCode: 500,
        error: 'Internal Server Error',
        message: 'An internal server error occurred',
      },
    });
  });
});
