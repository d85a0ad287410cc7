import { Auth0Client } from './auth0-spa-js.js';

const { domain, clientId, audience, api } = await (await fetch('config.json')).json();
const scope = 'read:catalog write:cart';
const auth0 = new Auth0Client({
  domain,
  clientId,
  // To log in silently after a reload, the SDK needs a cookie of the tenant, which browsers block on another site's page.
  cacheLocation: 'localstorage',
  authorizationParams: { audience, scope: `openid profile email ${scope}`, redirect_uri: location.origin },
});
const element = (id) => document.getElementById(id);
let user;

/** The user who has just logged in, or is still logged in; undefined for a guest. */
async function currentUser() {
  if (new URLSearchParams(location.search).has('state')) {
    await auth0.handleRedirectCallback().catch(showProblem);
    history.replaceState(null, '', '/');
  } else await auth0.checkSession();
  return auth0.getUser();
}

async function accessToken() {
  if (user) return auth0.getTokenSilently();
  // A session takes metadata only when it is created.
  const metadata = { language: navigator.language };
  if (!auth0.anonymous.hasSession()) await auth0.anonymous.createSession({ audience, scope, metadata });
  return (await auth0.anonymous.getTokenSilently({ audience, scope })).accessToken;
}

async function call(path, method = 'GET') {
  const headers = { authorization: `Bearer ${await accessToken()}` };
  const response = await fetch(`${api}/${path}`, { method, headers });
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  return response.json();
}

/** What a button does, once it is clicked. */
function whenClicked(button, action) {
  button.hidden = false;
  button.addEventListener('click', () => action().catch(showProblem));
}

function showProblem(error) {
  element('problem').textContent = String(error);
}

function showCatalog(products) {
  const rows = products.map((product) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Add' });
    button.setAttribute('aria-label', `Add ${product}`);
    whenClicked(button, async () => showCart(await call(`cart/${encodeURIComponent(product)}`, 'POST')));
    return row(product, button);
  });
  element('catalog').replaceChildren(...rows);
}

function showCart(products) {
  const rows = [...new Set(products)].map((product) => {
    const count = products.filter((other) => other === product).length;
    return row(`${count} × ${product}`);
  });
  element('cart').replaceChildren(...(rows.length > 0 ? rows : [row('Empty')]));
}

function row(...content) {
  const item = document.createElement('li');
  item.append(...content);
  return item;
}

async function open() {
  user = await currentUser();
  showCart(await call('cart'));
  showCatalog(await call('catalog'));
  element('you').textContent = user?.email ?? 'a guest';
  if (!user) return whenClicked(element('log-in'), () => auth0.loginWithRedirect());
  whenClicked(element('log-out'), () => auth0.logout({ logoutParams: { returnTo: location.origin } }));
  const guest = user['https://shop.example/guest'];
  element('before').hidden = guest === undefined;
  element('guest').textContent = guest;
  // Their cart is merged. A guest who goes on would come along with every other user who logs in here.
  if (auth0.anonymous.hasSession()) await auth0.anonymous.logout();
}

await open().catch(showProblem);
