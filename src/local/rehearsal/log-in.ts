import { createHash } from 'node:crypto';
import { authorizePath } from '../../wire/login.ts';
import { oauthError, oauthTokenPath, oauthTokenResponse } from '../../wire/oauth.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import { signUpPath } from '../login/paths.ts';
import { type Random, randomToken } from '../random.ts';
import { type Handle, newBrowser } from './browser.ts';
import type { Carrier } from './carrier.ts';
import { accessOf } from './client-access.ts';

/** What a login came to: tokens, or where and why it ended. */
export type LoginEnd =
  | { readonly ok: true; readonly idToken: string | undefined; readonly accessToken: string; readonly scope: string }
  | {
      readonly ok: false;
      readonly at: 'authorization' | 'sign_up' | 'token';
      readonly error: string;
      readonly description: string;
    };

export interface PlannedLogin {
  readonly client: JsonObject;
  readonly redirectUri: string;
  readonly audience: string | undefined;
  readonly scope: readonly string[];
  /** An e-mail address. */
  readonly user: string;
  /** The user signs up first. */
  readonly isNew: boolean;
}

interface Place {
  readonly handle: Handle;
  readonly issuer: string;
  readonly random: Random;
}

/** A whole login as an application and a browser make it: code flow, PKCE, and a sign-up for a new user. */
export async function logIn(place: Place, login: PlannedLogin, carrier: Carrier): Promise<LoginEnd> {
  const { random } = place;
  const verifier = randomToken(random, 32);
  const arrived = await authorize(place, login, carrier, verifier);
  if ('ok' in arrived) return arrived;
  const code = arrived.get('code');
  if (code !== null) return redeem(place, login, { code, verifier });
  const [error, description] = [arrived.get('error'), arrived.get('error_description')];
  return { ok: false, at: 'authorization', error: error ?? 'server_error', description: description ?? '' };
}

/** The parameters that arrive at the callback, or where the login ended before. */
async function authorize(
  { handle, issuer, random }: Place,
  login: PlannedLogin,
  carrier: Carrier,
  verifier: string,
): Promise<URLSearchParams | LoginEnd> {
  const browser = newBrowser(handle, issuer, carrier.cookies);
  const path = `${authorizePath}?${new URLSearchParams({ ...requestOf(random, login, verifier), ...carrier.parameters })}`;
  const response = await browser.get(path, carrier.headers);
  const target = targetOf(response);
  const arrived = arrivedAt(login, target);
  if (arrived) return arrived;
  if (target === undefined || !login.isNew) return ended('authorization', response);
  const state = new URL(target, issuer).searchParams.get('state') ?? '';
  const signedUp = await browser.submit(signUpPath, { state, email: login.user, password: newPassword(random) });
  return arrivedAt(login, targetOf(signedUp)) ?? ended('sign_up', signedUp);
}

function requestOf(random: Random, login: PlannedLogin, verifier: string): Readonly<Record<string, string>> {
  const { client, redirectUri, audience, scope, user, isNew } = login;
  return {
    response_type: 'code',
    client_id: String(client.client_id),
    redirect_uri: redirectUri,
    scope: scope.join(' '),
    state: randomToken(random, 16),
    nonce: randomToken(random, 16),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: user,
    ...(audience !== undefined && { audience }),
    ...(isNew && { screen_hint: 'signup' }),
  };
}

/** Has every kind of character that a policy may demand. */
function newPassword(random: Random): string {
  return `Aa1!${randomToken(random, 18)}`;
}

function targetOf(response: Response): string | undefined {
  return response.status < 400 ? (response.headers.get('location') ?? undefined) : undefined;
}

/** What a redirect brings to the application; undefined where it leads elsewhere. */
function arrivedAt({ redirectUri }: PlannedLogin, target: string | undefined): URLSearchParams | undefined {
  const [place, query] = target?.split('?') ?? [];
  return place === redirectUri.split('?')[0] ? new URLSearchParams(query) : undefined;
}

/** A page has no words for programs. */
async function ended(at: 'authorization' | 'sign_up', response: Response): Promise<LoginEnd> {
  const refused = check(oauthError, await response.json().catch(() => undefined));
  if (!refused.ok) return { ok: false, at, error: '', description: '' };
  return { ok: false, at, error: refused.value.error, description: refused.value.error_description };
}

async function redeem(
  { handle, issuer }: Place,
  { client, redirectUri }: PlannedLogin,
  { code, verifier }: { readonly code: string; readonly verifier: string },
): Promise<LoginEnd> {
  const { members, headers } = accessOf(client);
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  const response = await handle(
    new Request(new URL(oauthTokenPath, issuer), {
      method: 'POST',
      headers,
      body: new URLSearchParams({ ...members, ...form }),
    }),
  );
  const body: unknown = await response.json().catch(() => undefined);
  const granted = check(oauthTokenResponse, body);
  if (!granted.ok) {
    const refused = check(oauthError, body);
    const { error, error_description: description } = refused.ok
      ? refused.value
      : { error: 'server_error', error_description: '' };
    return { ok: false, at: 'token', error, description };
  }
  const { access_token: accessToken, id_token: idToken, scope } = granted.value;
  return {
    ...{ ok: true, accessToken, scope: scope ?? '' },
    idToken: typeof idToken === 'string' ? idToken : undefined,
  };
}
