// Serves the page, Auth0's SDK for it, and the values that it needs.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';

const { AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_AUDIENCE, API_PORT = '3001', PAGE_PORT = '3000' } = process.env;

const sdk = createRequire(import.meta.url).resolve('@auth0/auth0-spa-js');
const page = express();
page.get('/config.json', (_request, response) => {
  const api = `http://localhost:${API_PORT}`;
  response.json({ domain: AUTH0_DOMAIN, clientId: AUTH0_CLIENT_ID, audience: AUTH0_AUDIENCE, api });
});
page.get('/auth0-spa-js.js', (_request, response) => {
  response.sendFile(join(dirname(sdk), '..', 'auth0-spa-js.production.esm.js'));
});
page.use(express.static(join(dirname(fileURLToPath(import.meta.url)), 'page')));
page.listen(Number(PAGE_PORT), 'localhost', () => console.log(`Page  http://localhost:${PAGE_PORT}`));
