// Runs in every login. If a guest comes along, it says who they were, so that the API can merge their cart.
exports.onExecutePostLogin = async (event, api) => {
  const guest = event.anonymous_session;
  if (!guest) return;

  // Only the tenant can put this claim into a token: the API may give this user what belonged to the guest.
  api.accessToken.setCustomClaim('https://shop.example/guest', guest.user_id);
  api.idToken.setCustomClaim('https://shop.example/guest', guest.user_id);

  // Guests write their metadata themselves, so check it; and what the user chose before stays.
  const language = String(guest.metadata?.language);
  const isNew = event.user.user_metadata.language === undefined && /^[a-z]{2,3}(-[A-Z]{2})?$/.test(language);
  if (isNew) api.user.setUserMetadata('language', language);

  console.log(`${guest.user_id} is now ${event.user.user_id}${isNew ? `, and reads ${language}` : ''}`);
};
