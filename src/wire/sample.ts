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
