import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { auth, type ConfigParams } from 'express-openid-connect';
import { onTestFinished } from 'vitest';
import { testCertificate } from './https-tenant.ts';
import type { CreatedApp, ServedLogin } from './served-login.ts';

/** Express has no types of its own. */
interface Express extends RequestListener {
  use(handler: unknown): void;
  get(path: string, handler: (request: Request, response: Response) => unknown): void;
  set(name: string, value: string): void;
}

interface Request {
  readonly query: Record<string, string>;
  readonly oidc: {
    readonly user?: Record<string, unknown>;
    readonly idTokenClaims?: Record<string, unknown>;
    readonly refreshToken?: string;
    readonly accessToken?: { readonly access_token: string; refresh(): Promise<{ readonly access_token: string }> };
    fetchUserInfo(): Promise<unknown>;
  };
}

interface Response {
  json(body: unknown): void;
  readonly oidc: { login(options: object): Promise<void> };
}

const express: () => Express = createRequire(import.meta.url)('express');

export interface OpenidApp {
  /** `https://localhost:PORT` */
  readonly url: string;
  readonly client: CreatedApp;
}

/**
 * An application of `tenant` with express-openid-connect, over HTTPS on a free port until the test ends. `/` answers with what
 * it knows about its user, `/userinfo` with what the tenant knows, `/refresh` with a new access token; `/enter` begins a login
 * with the parameters of its query.
 */
export async function openidApp(tenant: ServedLogin, config: ConfigParams = {}): Promise<OpenidApp> {
  const app = express();
  const { certificate, key } = await testCertificate();
  const server = createServer({ cert: certificate, key }, app);
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  onTestFinished(() => void server.close().closeAllConnections());
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const client = await tenant.createApp(
    { callbacks: [`${url}/callback`], allowed_logout_urls: [url] },
    { token_endpoint_auth_method: 'client_secret_basic', refresh_token: { rotation_type: 'rotating' } },
  );
  app.use(
    auth({
      issuerBaseURL: tenant.url,
      baseURL: url,
      clientID: client.clientId,
      clientSecret: client.clientSecret,
      secret: 'a secret of the application itself',
      authRequired: false,
      idpLogout: true,
      customFetch: tenant.fetch,
      ...config,
    }),
  );
  app.get('/', ({ oidc }, response) => response.json({ user: oidc.user ?? null, claims: oidc.idTokenClaims }));
  app.get('/userinfo', async ({ oidc }, response) => response.json(await oidc.fetchUserInfo()));
  app.get('/refresh', async ({ oidc }, response) => {
    const before = oidc.refreshToken;
    const refreshed = await oidc.accessToken?.refresh();
    response.json({ token: refreshed?.access_token, rotated: before !== oidc.refreshToken });
  });
  app.get('/enter', ({ query }, response) => response.oidc.login({ returnTo: '/', authorizationParams: query }));
  // Express would print the errors that it answers with.
  app.set('env', 'test');
  return { url, client };
}
