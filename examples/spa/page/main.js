import { Auth0Client } from './auth0-spa-js.js';

const show = (id, text) => {
  document.getElementById(id).textContent = text;
};

const { domain, clientId, audience, api } = await (await fetch('config.json')).json();
const auth0 = new Auth0Client({ domain, clientId });

/** Creates a guest at the first visit, and afterwards gets a token of the same guest. */
async function readCatalog() {
  const { accessToken } = await auth0.anonymous.getTokenSilently({ audience, scope: 'read:catalog' });
  const response = await fetch(`${api}/catalog`, { headers: { authorization: `Bearer ${accessToken}` } });
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  return response.json();
}

document.getElementById('leave').addEventListener('click', async () => {
  await auth0.anonymous.logout();
  show('guest', 'nobody');
});

try {
  const { guest, products } = await readCatalog();
  show('guest', guest);
  show('products', products.join(', '));
} catch (error) {
  show('problem', String(error));
}
