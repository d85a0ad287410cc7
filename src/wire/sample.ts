/** The application and the API that a new local tenant has, and that the quickstart opens to guests or creates. */
export const sampleApp = { name: 'web', app_type: 'spa' } as const;
export const sampleApi = {
  name: 'shop',
  identifier: 'https://api.shop.example',
  scopes: [
    { value: 'read:catalog', description: 'Browse the catalog' },
    { value: 'write:cart', description: 'Fill a cart' },
    { value: 'read:orders', description: 'See past orders' },
    { value: 'write:orders', description: 'Place an order' },
  ],
} as const;

/** Where the pages of a new local tenant's sample application may be: at this machine's own names, at any port. */
export const sampleOrigins = ['http://localhost:*', 'https://localhost:*', 'http://127.0.0.1:*', 'https://127.0.0.1:*'];

/** Where its logins and logouts may lead: to any page there. */
export const sampleCallbacks = sampleOrigins.map((origin) => `${origin}/*`);
