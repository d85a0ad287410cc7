import { Auth0Client } from './auth0-spa-js.js';

const { domain, clientId, audience, api } = await (await fetch('config.json')).json();
const scope = 'read:catalog';
const auth0 = new Auth0Client({
  domain,
  clientId,
  // To log in silently after a reload, the SDK needs a cookie of the tenant, which browsers block on another site's page.
  cacheLocation: 'localstorage',
  authorizationParams: { audience, scope: `openid profile email ${scope}`, redirect_uri: location.origin },
});
const element = (id) => document.getElementById(id);
let user;

/** A guest's cart, `{ tea: 2, mug: 1 }`. */
const guestCart = () => JSON.parse(localStorage.getItem('cart') ?? '{}');

/** The same as the guest's session carries it: `tea:2,mug:1`. */
function cartText() {
  const items = Object.entries(guestCart()).map((item) => item.join(':'));
  return items.join(',');
}

/** A session takes metadata only when it is created, so a guest whose cart has changed gets another one. */
async function startSession() {
  const cart = cartText();
  await auth0.anonymous.logout();
  await auth0.anonymous.createSession({ audience, scope, metadata: { cart } });
  localStorage.setItem('carried', cart);
}

async function logIn() {
  // The Action merges a session once, so one that carries this cart is not replaced: a first login may have been cut off.
  if (localStorage.getItem('carried') !== cartText()) await startSession();
  await auth0.loginWithRedirect();
}

/** The user who has just logged in, or is still logged in; undefined for a guest. */
async function currentUser() {
  if (new URLSearchParams(location.search).has('state')) {
    await auth0.handleRedirectCallback().catch(showProblem);
    history.replaceState(null, '', '/');
  } else await auth0.checkSession();
  return auth0.getUser();
}

/** The cart is the user's now. A guest who goes on would come along with every other user who logs in here. */
async function forgetGuest() {
  localStorage.removeItem('cart');
  if (auth0.anonymous.hasSession()) await auth0.anonymous.logout();
}

async function accessToken() {
  if (user) return auth0.getTokenSilently();
  if (!auth0.anonymous.hasSession()) await startSession();
  return (await auth0.anonymous.getTokenSilently({ audience, scope })).accessToken;
}

async function read(path) {
  const response = await fetch(`${api}/${path}`, { headers: { authorization: `Bearer ${await accessToken()}` } });
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

function addButton(product) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Add' });
  button.setAttribute('aria-label', `Add ${product}`);
  whenClicked(button, async () => {
    const cart = guestCart();
    localStorage.setItem('cart', JSON.stringify({ ...cart, [product]: (cart[product] ?? 0) + 1 }));
    showCart(guestCart());
  });
  return button;
}

function showCart(cart) {
  const rows = Object.entries(cart).map(([product, count]) => row(`${count} × ${product}`));
  element('cart').replaceChildren(...(rows.length > 0 ? rows : [row('Empty')]));
}

function row(...content) {
  const item = document.createElement('li');
  item.append(...content);
  return item;
}

async function open() {
  user = await currentUser();
  if (user) await forgetGuest();
  showCart(user ? await read('cart') : guestCart());
  const products = await read('catalog');
  element('catalog').replaceChildren(
    ...products.map((product) => (user ? row(product) : row(product, addButton(product)))),
  );
  element('you').textContent = user?.email ?? 'a guest';
  if (!user) return whenClicked(element('log-in'), logIn);
  whenClicked(element('log-out'), () => auth0.logout({ logoutParams: { returnTo: location.origin } }));
}

await open().catch(showProblem);
