import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome, run } from '../support/bin.ts';
import { jsonOf, serve } from '../support/local-server.ts';

const verifier = 'a verifier of an application, in base64url'.replaceAll(/\W/g, '-').padEnd(43, '0');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const redirectUri = 'http://localhost:3000/callback';

/** A home whose tenant has the user Jane. */
async function homeWithJane(): Promise<string> {
  const home = newHome();
  await run(home, ['local', 'user', 'add', 'jane@example.com', '--json']);
  return home;
}

async function clientIdOf(home: string): Promise<string> {
  const [{ client_id }] = (await jsonOf(home, ['app', 'list'])) as unknown as [{ client_id: string }];
  return client_id;
}

function authorizeUrl(url: string, clientId: string, more: Record<string, string> = {}): string {
  const request = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid email' };
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  return `${url}/authorize?${new URLSearchParams({ ...request, ...pkce, ...more })}`;
}

/** The claims of the ID token for the code at a callback. */
async function idTokenClaims(url: string, clientId: string, location: string): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri, code_verifier: verifier },
    code: new URL(location).searchParams.get('code') ?? '',
  });
  const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body });
  const { id_token = '' } = (await answer.json()) as { id_token?: string };
  return claimsOf(id_token);
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function locationOf(url: string): Promise<string> {
  return (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
}

describe('a login at local start', () => {
  it('leads to the login page, and with --auto-login past it', async () => {
    const home = await homeWithJane();
    const clientId = await clientIdOf(home);
    const asking = await serve(home);
    expect(await locationOf(authorizeUrl(asking.url, clientId))).toMatch(/^\/u\/login\?state=/);
    await asking.stop();
    const { url } = await serve(home, ['--auto-login', 'jane@example.com']);
    const location = await locationOf(authorizeUrl(url, clientId));
    expect(await idTokenClaims(url, clientId, location)).toMatchObject({ email: 'jane@example.com', aud: clientId });
  });

  it("runs the user's Action, which sees the guest", async () => {
    const home = await homeWithJane();
    const clientId = await clientIdOf(home);
    const file = join(home, 'post-login.js');
    const claim = "api.idToken.setCustomClaim('https://shop.example/guest', event.anonymous_session.user_id)";
    writeFileSync(file, `exports.onExecutePostLogin = async (event, api) => ${claim};\n`);
    await run(home, ['local', 'action', 'add', 'post-login', file]);
    await run(home, ['quickstart']);
    const guest = await jsonOf<{ session_token: string; access_token: string }>(home, ['token', 'create']);
    const { url } = await serve(home, ['--auto-login', 'jane@example.com']);
    const carried = { anonymous_session_token: guest.session_token };
    const location = await locationOf(authorizeUrl(url, clientId, carried));
    const claims = await idTokenClaims(url, clientId, location);
    expect(claims['https://shop.example/guest']).toBe(claimsOf(guest.access_token).sub);
    expect(claims.sub).toMatch(/^auth0\|/);
  });

  it.each(['joe@example.com', ''])('refuses to log in an unknown user automatically: %j', async (user) => {
    const { code, stderr } = await run(await homeWithJane(), ['local', 'start', '--port', '0', '--auto-login', user]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: [^\n]*user[^\n]*\nhint: [^\n]*anon-cli local user list\n$/i);
  });
});
