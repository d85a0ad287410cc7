// The shop's API. It has a cart for each guest and each user, under the sub of their access token.
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';

const { AUTH0_ISSUER_BASE_URL: issuerBaseURL, AUTH0_AUDIENCE: audience, API_PORT = '3001' } = process.env;
const carts = new Map();

/** The cart for an access token. If a guest has become this user, it takes in the guest's cart, once. */
function cartFor({ sub, 'https://shop.example/guest': guest }) {
  carts.set(sub, [...(carts.get(sub) ?? []), ...(carts.get(guest) ?? [])]);
  carts.delete(guest);
  return carts.get(sub);
}

const api = express();
api.use((request, response, next) => {
  response.set({ 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' });
  if (request.method === 'OPTIONS') response.sendStatus(204);
  else next();
});
api.use(auth({ issuerBaseURL, audience }));
api.get('/catalog', requiredScopes('read:catalog'), (_, response) => response.json(['espresso', 'filter coffee']));
api.get('/cart', requiredScopes('write:cart'), ({ auth }, response) => response.json(cartFor(auth.payload)));
api.post('/cart/:product', requiredScopes('write:cart'), ({ auth, params }, response) => {
  cartFor(auth.payload).push(params.product);
  response.json(cartFor(auth.payload));
});
api.listen(Number(API_PORT), 'localhost', () => console.log(`API   http://localhost:${API_PORT}/catalog`));
