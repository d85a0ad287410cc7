// Runs in every login. If a guest comes along, what is in their cart is added to the user's cart.
exports.onExecutePostLogin = async (event, api) => {
  const { cart: own = {}, merged_sessions: merged = [] } = event.user.app_metadata;
  const cart = new Map(Object.entries(own));
  const guest = event.anonymous_session;

  // A guest's session outlives the login, so it may come along again.
  const items = guest && !merged.includes(guest.session_id) ? itemsOf(guest) : [];
  if (items.length > 0) {
    for (const [product, count] of items) cart.set(product, (cart.get(product) ?? 0) + Number(count));
    api.user.setAppMetadata('cart', Object.fromEntries(cart));
    api.user.setAppMetadata('merged_sessions', [...merged, guest.session_id].slice(-20));
    console.log(`${guest.user_id} brought ${guest.metadata.cart}`);
  }

  for (const token of [api.idToken, api.accessToken]) {
    token.setCustomClaim('https://shop.example/cart', Object.fromEntries(cart));
  }
};

/** The products and counts in a guest's cart, `tea:2,mug:1`. Guests write their metadata themselves, so it is checked. */
function itemsOf({ user_id, metadata }) {
  const text = String(metadata?.cart ?? '');
  if (/^[a-z]+:[1-9]\d?(,[a-z]+:[1-9]\d?)*$/.test(text)) return text.split(',').map((item) => item.split(':'));
  if (text !== '') console.log(`${user_id} brought a cart that cannot be read: ${JSON.stringify(text)}`);
  return [];
}
