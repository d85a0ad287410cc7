import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { claimsOf } from '../../support/local.ts';
import { rehearsed, tenantWithUser } from '../../support/rehearsal.ts';

const action = { name: 'post-login.js', file: resolve('examples/shop/post-login.js') };
const claim = 'https://shop.example/cart';

/** A tenant with a user. `logIn` rehearses their login with the metadata that they have then, and with a guest. */
async function scene(edition: EditionName = 'ea') {
  const tenant = await tenantWithUser({ edition });
  const [user = {}] = await tenant.store.list('user');
  const logIn = async (app_metadata: JsonObject, sessionToken: string) => {
    await tenant.change('user', String(user.user_id), { app_metadata });
    const request = { audience: tenant.api.identifier, scope: ['openid', 'read:catalog'], via: 'query' } as const;
    const { withGuest, withoutGuest } = await rehearsed(tenant, { action, sessionToken, ...request });
    return { withGuest: found(withGuest), withoutGuest: found(withoutGuest) };
  };
  const guest = async (metadata?: JsonObject) => (await tenant.session({ metadata })).session_token;
  return { logIn, guest };
}

/** What a login left behind. */
function found({ end, user, actions }: Awaited<ReturnType<typeof rehearsed>>['withGuest']) {
  if (!end.ok) throw new Error(end.description);
  const metadata = user?.app_metadata as JsonObject;
  const claims = [end.idToken ?? '', end.accessToken].map((token) => claimsOf(token)[claim]);
  return { metadata, cart: metadata.cart, claims, printed: actions.flatMap(({ printed }) => printed) };
}

describe("the Action of examples/shop adds a guest's cart to the user's", () => {
  const own = { tea: 1, honey: 3 };

  it.each<{ brought: string; cart: JsonObject }>([
    { brought: 'mug:1', cart: { tea: 1, honey: 3, mug: 1 } },
    { brought: 'tea:2,mug:99', cart: { tea: 3, honey: 3, mug: 99 } },
    { brought: 'constructor:2', cart: { tea: 1, honey: 3, constructor: 2 } },
  ])('$brought', async ({ brought, cart }) => {
    const { logIn, guest } = await scene();
    const { withGuest, withoutGuest } = await logIn({ cart: own }, await guest({ cart: brought }));
    expect(withGuest).toMatchObject({ cart, claims: [cart, cart] });
    expect(withGuest.printed).toEqual([
      { level: 'log', text: expect.stringMatching(`^anon@\\S+ brought ${brought}$`) },
    ]);
    expect(withoutGuest).toEqual({ metadata: { cart: own }, cart: own, claims: [own, own], printed: [] });
  });

  it('which may be missing', async () => {
    const { logIn, guest } = await scene();
    const { withGuest, withoutGuest } = await logIn({}, await guest({ cart: 'tea:2' }));
    expect(withGuest).toMatchObject({ cart: { tea: 2 }, claims: [{ tea: 2 }, { tea: 2 }] });
    expect(withoutGuest).toMatchObject({ metadata: {}, claims: [{}, {}] });
  });

  it('but only once, also where other guests came along in between', async () => {
    const { logIn, guest } = await scene();
    const [first, second] = [await guest({ cart: 'tea:1' }), await guest({ cart: 'tea:10' })];
    let { metadata } = (await logIn({}, first)).withGuest;
    for (const token of [first, second, first, second]) metadata = (await logIn(metadata, token)).withGuest.metadata;
    expect(metadata.cart).toEqual({ tea: 11 });
    expect(metadata.merged_sessions).toHaveLength(2);
  });
});

const unreadable = [
  'tea',
  'tea:0',
  'tea:-1',
  'tea:100',
  'tea:1.5',
  'tea:1,',
  '__proto__:1',
  'tea:1\nmug:1',
  '{"tea":1}',
  7,
];

it.each(unreadable.map((cart) => ({ cart })))(
  'the Action of examples/shop ignores the cart $cart',
  async ({ cart }) => {
    const { logIn, guest } = await scene();
    const { withGuest } = await logIn({ cart: { tea: 1 } }, await guest({ cart }));
    expect(withGuest).toMatchObject({ metadata: { cart: { tea: 1 } }, claims: [{ tea: 1 }, { tea: 1 }] });
    expect(withGuest.metadata).not.toHaveProperty('merged_sessions');
    expect(withGuest.printed).toMatchObject([
      { text: expect.stringContaining(`cannot be read: ${JSON.stringify(String(cart))}`) },
    ]);
  },
);

it.each([['tea:1'], { tea: 1 }])(
  'the Action of examples/shop survives the cart %j of edition preview',
  async (cart) => {
    const { logIn, guest } = await scene('preview');
    const { withGuest } = await logIn({ cart: { tea: 1 } }, await guest({ cart }));
    expect(withGuest.printed).toHaveLength(1);
  },
);

it.each([undefined, {}, { cart: '' }])('the Action of examples/shop lets a guest with %j in', async (metadata) => {
  const { logIn, guest } = await scene();
  const { withGuest } = await logIn({ cart: { tea: 1 } }, await guest(metadata));
  expect(withGuest).toMatchObject({ cart: { tea: 1 }, claims: [{ tea: 1 }, { tea: 1 }], printed: [] });
});
