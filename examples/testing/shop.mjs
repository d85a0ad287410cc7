// What is tested: a page that makes its visitor a guest, and an API for guests with the scope read:catalog.
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';

const sdk = dirname(createRequire(import.meta.url).resolve('@auth0/auth0-spa-js'));

/** The shop at a free port, with the variables of its tenant, and the certificate that it must trust. */
export async function openShop(env, ca) {
  const { AUTH0_DOMAIN: domain, AUTH0_CLIENT_ID: clientId, AUTH0_AUDIENCE: audience } = env;
  const agent = ca && new Agent({ ca });
  const isGuest = auth({ issuerBaseURL: env.AUTH0_ISSUER_BASE_URL, audience, agent });
  const shop = express();
  shop.get('/catalog', isGuest, requiredScopes('read:catalog'), (request, response) => {
    response.json({ guest: request.auth.payload.sub, products: ['espresso', 'filter coffee'] });
  });
  shop.get('/sdk.js', (_, response) => response.sendFile(join(sdk, '..', 'auth0-spa-js.production.esm.js')));
  shop.get('/', (_, response) => response.send(page({ domain, clientId, audience })));
  const server = await new Promise((resolve) => {
    const listening = shop.listen(0, 'localhost', () => resolve(listening));
  });
  return { url: `http://localhost:${server.address().port}`, close: () => server.close() };
}

const page = ({ domain, clientId, audience }) => `<!doctype html>
<title>Shop</title>
<p>Guest: <output id="guest"></output></p>
<script type="module">
  import { Auth0Client } from './sdk.js';
  const auth0 = new Auth0Client(${JSON.stringify({ domain, clientId })});
  const { accessToken } = await auth0.anonymous.getTokenSilently(${JSON.stringify({ audience, scope: 'read:catalog' })});
  const catalog = await fetch('catalog', { headers: { authorization: 'Bearer ' + accessToken } });
  document.getElementById('guest').textContent = (await catalog.json()).guest;
</script>`;
