import { AuthClient } from '@auth0/auth0-auth-js';
import { ManagementClient } from 'auth0';
import { describe, expect, it } from 'vitest';
import { homeAfter, run } from '../support/bin.ts';
import { jsonOf, overHttp, serve } from '../support/local-server.ts';

/** What the official SDKs, unmodified, do with a faulty tenant that `local start` serves. */
async function scene() {
  const home = await homeAfter(
    ['local', 'reset', '--yes'],
    ['app', 'enable', 'web'],
    ['api', 'enable', 'shop', '--scopes', 'read:catalog'],
  );
  const { port } = await serve(home);
  const shown = await jsonOf<Record<string, string>>(home, ['local', 'show', '--reveal-secrets']);
  const [app] = await jsonOf<{ client_id: string }[]>(home, ['app', 'list']);
  const { management_client_id: clientId = '', management_client_secret: clientSecret = '' } = shown;
  const domain = `localhost:${port}`;
  const sent: string[] = [];
  const fetch: typeof overHttp = (input, init) => {
    sent.push(new URL(input instanceof Request ? input.url : String(input)).pathname);
    return overHttp(input, init);
  };
  const management = (options: object) => new ManagementClient({ domain, clientId, clientSecret, fetch, ...options });
  const patient = management({});
  // The token that it saves is for the tests with short time limits.
  const impatient = management({ maxRetries: 0, timeoutInSeconds: 0.5 });
  await Promise.all([patient.clients.list(), impatient.clients.list()]);
  const leaving = new AbortController();
  const customFetch: typeof fetch = (input, init) => fetch(input, { ...init, signal: leaving.signal });
  const guests = new AuthClient({ domain, clientId: app?.client_id ?? '', customFetch }).anonymous;
  return {
    sent,
    /** Ends the requests of `guest`. */
    leaving,
    patient: () => patient.clients.list(),
    impatient: () => impatient.clients.list(),
    guest: () => guests.createSession({ audience: 'https://api.shop.example' }),
    /** Replaces the faults of the running server from another process. */
    async fault(...args: string[]) {
      await run(home, ['local', 'fault', 'clear']);
      expect(await run(home, ['local', 'fault', 'add', ...args])).toMatchObject({ code: 0 });
      sent.length = 0;
    },
  };
}

/** The error of a call, with the name of its class as `type`. */
async function errorOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  return { ...error, type: error?.constructor.name, message: error?.message, cause: error?.cause };
}

const clients = '/api/v2/clients';
const anonymous = '/anonymous/token';

describe('faults of a running server, which another process adds, and the official SDKs', () => {
  it('a 429: auth0 waits and tries again, auth0-auth-js reports it', async () => {
    const { fault, patient, impatient, guest, sent } = await scene();
    await fault('--status', '429', '--retry-after', '1', '--count', '1', '--route', clients);
    expect((await patient()).data).toHaveLength(2);
    expect(sent).toEqual([clients, clients]);
    await fault('--status', '429', '--retry-after', '2');
    expect(await errorOf(impatient())).toMatchObject({
      type: 'TooManyRequestsError',
      statusCode: 429,
      body: { errorCode: 'too_many_requests', message: 'Global limit has been reached' },
    });
    expect(await errorOf(guest())).toMatchObject({
      type: 'AnonymousSessionError',
      code: 'too_many_requests',
      message: 'Global limit has been reached',
    });
    expect(sent).toEqual([clients, anonymous]);
  });

  it('a 503: auth0 tries again, both report it', async () => {
    const { fault, patient, impatient, guest, sent } = await scene();
    await fault('--status', '503', '--retry-after', '1', '--count', '1', '--route', clients);
    expect((await patient()).data).toHaveLength(2);
    expect(sent).toEqual([clients, clients]);
    await fault('--status', '503', '--name', 'down');
    expect(await errorOf(impatient())).toMatchObject({ type: 'ManagementError', statusCode: 503 });
    expect(await errorOf(guest())).toMatchObject({ type: 'AnonymousSessionError', code: 'temporarily_unavailable' });
  });

  it('a body that is not JSON: auth0 takes it for the result, auth0-auth-js refuses it', async () => {
    const { fault, impatient, guest } = await scene();
    await fault('--status', '200', '--body', '<html>');
    expect((await impatient()).data).toEqual([]);
    expect(await errorOf(guest())).toMatchObject({
      type: 'AnonymousSessionError',
      code: 'server_error',
      message: 'Invalid response from anonymous token endpoint',
    });
  });

  it('a delay: both wait, auth0 until its time limit', async () => {
    const { fault, patient, impatient, guest } = await scene();
    await fault('--latency', '100ms');
    expect((await patient()).data).toHaveLength(2);
    expect(await guest()).toHaveProperty('accessToken');
    await fault('--latency', '1h');
    expect(await errorOf(impatient())).toMatchObject({ type: 'ManagementError', message: '"timeout"' });
  });

  it('a reset: neither tries again', async () => {
    const { fault, patient, guest, sent } = await scene();
    await fault('--reset');
    const cause = { message: 'fetch failed', cause: { code: 'ECONNRESET' } };
    expect(await errorOf(patient())).toMatchObject({ type: 'ManagementError', message: 'fetch failed', cause });
    expect(await errorOf(guest())).toMatchObject({ type: 'TypeError', ...cause });
    expect(sent).toEqual([clients, anonymous]);
  });

  it('a truncated response: neither tries again, auth0-auth-js takes it for a wrong one', async () => {
    const { fault, patient, guest, sent } = await scene();
    await fault('--truncate');
    expect(await errorOf(patient())).toMatchObject({
      type: 'ManagementError',
      message: 'terminated',
      cause: { cause: { code: 'UND_ERR_SOCKET' } },
    });
    expect(await errorOf(guest())).toMatchObject({
      type: 'AnonymousSessionError',
      message: 'Invalid response from anonymous token endpoint',
    });
    expect(sent).toEqual([clients, anonymous]);
  });

  it('no answer: auth0 gives up at its time limit, auth0-auth-js only with the signal of its fetch', async () => {
    const { fault, impatient, guest, leaving } = await scene();
    await fault('--drop');
    expect(await errorOf(impatient())).toMatchObject({ type: 'ManagementError', message: '"timeout"' });
    const error = errorOf(guest());
    leaving.abort();
    expect(await error).toMatchObject({ type: 'DOMException', message: 'This operation was aborted' });
  });
});

it('the line of a request names its faults', async () => {
  const home = await homeAfter(['local', 'reset', '--yes']);
  await run(home, ['local', 'fault', 'add', '--reset', '--name', 'flaky', '--count', '1']);
  const served = await serve(home, [], ['--http', '--port', '0']);
  const url = /http:\/\/localhost:\d+/.exec(served.stdout)?.[0];
  await expect(fetch(`${url}/.well-known/jwks.json`)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
  const { stderr } = await served.stop();
  expect(stderr).toContain('GET     /.well-known/jwks.json  ---  fault flaky\nGET     /.well-known/jwks.json  200\n');
});
