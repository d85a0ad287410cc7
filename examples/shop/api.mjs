// The shop's API: the catalog is for guests and users, a cart for users alone.
import express from 'express';
import { auth, claimCheck, requiredScopes } from 'express-oauth2-jwt-bearer';

const { AUTH0_ISSUER_BASE_URL: issuerBaseURL, AUTH0_AUDIENCE: audience, API_PORT = '3001' } = process.env;
// post-login.js sets it.
const cartClaim = 'https://shop.example/cart';
const forUsers = claimCheck((claims) => cartClaim in claims, 'Only users have a cart.');

const api = express();
api.use((request, response, next) => {
  response.set({ 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' });
  if (request.method === 'OPTIONS') response.sendStatus(204);
  else next();
});
api.use(auth({ issuerBaseURL, audience }));
api.get('/catalog', requiredScopes('read:catalog'), (_, response) => response.json(['tea', 'mug', 'honey']));
api.get('/cart', forUsers, ({ auth }, response) => response.json(auth.payload[cartClaim]));
api.listen(Number(API_PORT), 'localhost', () => console.log(`API   http://localhost:${API_PORT}/catalog`));
