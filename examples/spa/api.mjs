// An API for guests with the scope read:catalog, on an origin of its own.
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';

const { AUTH0_ISSUER_BASE_URL: issuerBaseURL, AUTH0_AUDIENCE: audience, API_PORT = '3001' } = process.env;

const api = express();
api.use((request, response, next) => {
  response.set({ 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' });
  if (request.method === 'OPTIONS') response.sendStatus(204);
  else next();
});
api.use(auth({ issuerBaseURL, audience }));
api.get('/catalog', requiredScopes('read:catalog'), (request, response) => {
  response.json({ guest: request.auth.payload.sub, products: ['espresso', 'filter coffee'] });
});
api.listen(Number(API_PORT), 'localhost', () => console.log(`API   http://localhost:${API_PORT}/catalog`));
