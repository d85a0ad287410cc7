import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { clientAssertionType } from '../../../src/wire/client-assertion.ts';
import { run } from '../bin.ts';
import type { Answer, LoadClient, Request } from './client.ts';
import type { Place } from './fleet.ts';

/** What applications and scripts need to use a tenant whose gates are open. */
export interface LoadedTenant {
  readonly managementToken: string;
  /** A request for a new guest. */
  readonly newGuest: Request & { readonly json: object };
  /** Two requests for tokens with the same new assertion, one for an application and one for a guest. */
  newAssertion(): Promise<readonly [Request, Request]>;
}

const audience = 'https://api.shop.example';

/** Prepares the tenant of `place`, which is served at `url`, with the quickstart and an application that has a key. */
export async function loadedTenant(client: LoadClient, url: string, place: Place): Promise<LoadedTenant> {
  const shown = await printed(place, ['local', 'show', '--reveal-secrets', '--json']);
  const { issuer, management_client_id: client_id, management_client_secret: client_secret } = JSON.parse(shown);
  const ask = (request: Request) => mustAnswer(client, url, request);
  const management = { client_id, client_secret, grant_type: 'client_credentials', audience: `${issuer}api/v2/` };
  const signIn: Request = { method: 'POST', path: '/oauth/token', json: management, expects: [200] };
  const { access_token: token } = (await ask(signIn)).body;
  const { body: apps } = await ask({ method: 'GET', path: '/api/v2/clients', token, expects: [200] });
  const web: { client_id: string } = apps.find(({ name }: { name: string }) => name === 'web');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const credentials = [{ credential_type: 'public_key', alg: 'ES256', pem }];
  const create = (path: string, json: unknown) => ask({ method: 'POST', path, json, token, expects: [201] });
  const byKey = await create('/api/v2/clients', {
    name: 'by key',
    can_create_anonymous_sessions: true,
    client_authentication_methods: { private_key_jwt: { credentials } },
  });
  const keyed: string = byKey.body.client_id;
  await create('/api/v2/client-grants', { client_id: keyed, audience, scope: ['read:catalog'] });
  return {
    managementToken: token,
    newGuest: post('/anonymous/token', { client_id: web.client_id, audience }, [200]),
    async newAssertion() {
      const shared = { audience, ...(await assertion(keyed, issuer, privateKey)) };
      return [
        post('/oauth/token', { grant_type: 'client_credentials', ...shared }, [200, 401]),
        post('/anonymous/token', shared, [200, 401]),
      ];
    },
  };
}

function post<Body extends object>(path: string, json: Body, expects: readonly number[]) {
  return { method: 'POST' as const, path, json, expects };
}

async function mustAnswer({ ask, problems }: LoadClient, url: string, request: Request): Promise<Answer> {
  const answer = await ask(url, request);
  if (answer && request.expects.includes(answer.status)) return answer;
  throw new Error(`${request.method} ${request.path}: ${problems.at(-1) ?? 'no answer'}`);
}

/** What a command prints. */
export async function printed({ home, database, env }: Place, args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await run(home, args, { env: { ...env, ANON_DATABASE_URL: database } });
  if (code !== 0) throw new Error(`${args.join(' ')} failed with ${code}: ${stderr}`);
  return stdout;
}

async function assertion(clientId: string, issuer: string, key: KeyObject) {
  const jwt = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(key);
  return { client_id: clientId, client_assertion: jwt, client_assertion_type: clientAssertionType };
}
