import { describe, expect, it } from 'vitest';
import { chooseClaimsHolder, planClaimMapping, planClaimRemoval } from '../../../src/domain/claims/mapping.ts';
import { parseClaimMapping } from '../../../src/domain/claims/parse-mapping.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { editionNamed } from '../../../src/wire/edition/editions.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { openTenant, type TestTenant } from '../../support/local.ts';

const language = { name: 'language', expression: 'anonymous_session.metadata.language' };
const guest = { name: 'guest', expression: 'anonymous_session.user_id' };
const none = { named: { app: undefined, api: undefined }, chosen: {} };

/** Maps claims past the Management API, beside another setting of access tokens. */
async function put(tenant: TestTenant, edition: EditionName, claims: readonly object[]): Promise<void> {
  const members = editionNamed(edition).claims.write(claims as never, { access_token: { other: true } });
  if (edition === 'ea') await tenant.change('resource_server', tenant.api.id, members);
  else await tenant.change('client', tenant.app.client_id, members);
}

async function opened(edition: EditionName, claims: readonly object[] = []) {
  const tenant = await openTenant({ edition });
  if (claims.length > 0) await put(tenant, edition, claims);
  const connection = connectionTo(tenant);
  return { tenant, connection, holder: await chooseClaimsHolder(connection, none) };
}

describe.each(['preview', 'ea'] as const)('in edition %s', (edition) => {
  const kept = async (tenant: TestTenant) =>
    edition === 'ea'
      ? (await tenant.store.get('resource_server', tenant.api.id))?.access_token
      : (await tenant.store.get('client', tenant.app.client_id))?.access_token;

  it('claims are mapped for what is open to guests by default', async () => {
    const { tenant, holder } = await opened(edition);
    expect(holder).toMatchObject(
      edition === 'ea'
        ? { heldBy: 'api', name: 'shop', id: tenant.api.identifier, claims: [], maxClaims: 20 }
        : { heldBy: 'application', name: 'web', id: tenant.app.client_id, claims: [], maxClaims: 10 },
    );
  });

  it("the given one takes precedence, then the profile's", async () => {
    const { tenant, connection } = await opened(edition);
    const named = { app: 'web', api: 'shop' };
    const chosen = {
      app: { clientId: tenant.app.client_id, name: 'web' },
      api: { audience: tenant.api.identifier, name: 'shop' },
    };
    const nowhere = { app: { clientId: 'nobody', name: 'nobody' }, api: { audience: 'urn:nobody', name: 'nobody' } };
    for (const choice of [
      { named, chosen: nowhere },
      { named: none.named, chosen },
    ]) {
      expect(await chooseClaimsHolder(connection, choice)).toMatchObject({ name: edition === 'ea' ? 'shop' : 'web' });
    }
    const failure = await failureOf(() => chooseClaimsHolder(connection, { named: none.named, chosen: nowhere }));
    expect(failure.code).toBe('not_found');
  });

  it('a claim is added to the others, and other access token settings stay', async () => {
    const { tenant, connection, holder } = await opened(edition, [guest]);
    const { plan, claims } = await planClaimMapping(connection, holder, language);
    expect(claims).toEqual([guest, language]);
    expect(plan.writes).toHaveLength(1);
    expect(await applyPlan(connection, plan)).toMatchObject({ name: holder.name, claims: [guest, language] });
    expect(await kept(tenant)).toMatchObject({ other: true });
    expect(await chooseClaimsHolder(connection, none)).toMatchObject({ claims: [guest, language] });
  });

  it('a mapped claim is replaced in its place', async () => {
    const { connection, holder } = await opened(edition, [guest, language]);
    const otherwise = { name: 'guest', expression: 'anonymous_session.session_id' };
    expect((await planClaimMapping(connection, holder, otherwise)).claims).toEqual([otherwise, language]);
  });

  it('nothing is sent without changes', async () => {
    const { connection, holder } = await opened(edition, [guest, language]);
    const { plan } = await planClaimMapping(connection, holder, language);
    expect(plan.writes).toEqual([]);
  });

  it('no more claims than the edition allows, but existing ones can change', async () => {
    const { maxClaims } = editionNamed(edition).claims;
    const full = Array.from({ length: maxClaims }, (_, index) => ({ ...guest, name: `c${index}` }));
    const { connection, holder } = await opened(edition, full);
    expect(await failureOf(() => planClaimMapping(connection, holder, language))).toMatchObject({
      code: 'usage',
      message: `'${holder.name}' already maps ${maxClaims} claims; the maximum is ${maxClaims}.`,
      hint: `Remove one first: anon-cli claims remove <name> --${edition === 'ea' ? 'api shop' : 'app web'}`,
    });
    expect((await planClaimMapping(connection, holder, { ...language, name: 'c0' })).plan.writes).toHaveLength(1);
  });

  it('a claim is removed, and the last one leaves an empty list', async () => {
    const { connection, holder } = await opened(edition, [guest]);
    const { plan, claims } = await planClaimRemoval(connection, holder, 'guest');
    expect(claims).toEqual([]);
    expect(await applyPlan(connection, plan)).toMatchObject({ claims: [] });
  });

  it('a claim that is not mapped is not found', async () => {
    const { connection, holder } = await opened(edition, [language]);
    const failure = await failureOf(() => planClaimRemoval(connection, holder, 'langage'));
    expect(failure.code).toBe('not_found');
    expect(failure.hint).toMatch(/^Did you mean 'language'\? To see all: anon-cli claims list --(app web|api shop)$/);
  });
});

it('with no or several open APIs, edition ea needs one to be given', async () => {
  const { tenant, connection } = await opened('ea');
  const manage = await tenant.management();
  const shop = await tenant.store.get('resource_server', tenant.api.id);
  await manage('POST', '/api/v2/resource-servers', {
    json: { identifier: 'urn:two', subject_type_authorization: shop?.subject_type_authorization },
  });
  expect((await failureOf(() => chooseClaimsHolder(connection, none))).message).toMatch(
    /^No API given, and 2 are enabled for guests/,
  );
  const closed = { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } };
  for (const server of await tenant.store.list('resource_server'))
    await tenant.change('resource_server', String(server.id), { subject_type_authorization: closed });
  expect((await failureOf(() => chooseClaimsHolder(connection, none))).code).toBe('gate_closed');
});

const expression = 'anonymous_session.user_id';

describe('a claim mapping', () => {
  it.each([
    ['user_id', 'anonymous_session.user_id'],
    ['session_id', 'anonymous_session.session_id'],
    ['created_at', 'anonymous_session.created_at'],
    ['metadata', 'anonymous_session.metadata'],
    ['metadata.cart.items', 'anonymous_session.metadata.cart.items'],
    ['anonymous_session.metadata.language', 'anonymous_session.metadata.language'],
  ])('%s is sent as %s', (text, sent) => {
    expect(parseClaimMapping({ name: 'c', expression: text })).toEqual({ name: 'c', expression: sent });
  });

  it.each([
    ['', 'The claim name is empty.'],
    ['a'.repeat(256), 'A claim name has at most 255 characters; this one has 256.'],
    [' ', "A claim name can't start or end with a space or contain invisible characters."],
    ['sub ', "A claim name can't start or end with a space or contain invisible characters."],
    ['su\u200bb', "A claim name can't start or end with a space or contain invisible characters."],
    ['a\u001b[31mb', "A claim name can't start or end with a space or contain invisible characters."],
    ['sub', "Claim 'sub' is reserved in any letter case and can't be mapped."],
    ['Scope', "Claim 'Scope' is reserved in any letter case and can't be mapped."],
  ])('refuses the claim name %j', async (name, message) => {
    expect(await failureOf(() => parseClaimMapping({ name, expression }))).toMatchObject({ code: 'usage', message });
  });

  it('suggests a free name for a reserved one', async () => {
    for (const [name, free] of [
      ['SUB', 'guest_sub'],
      ['__proto__', 'guest_proto'],
    ] as const) {
      const { hint } = await failureOf(() => parseClaimMapping({ name, expression }));
      expect(hint).toMatch(new RegExp(` ${free}$`));
    }
  });

  it.each([
    ['metadata.a b', 'is a list of names joined by dots', 'Expressions are paths'],
    ["metadata.a || 'x'", 'is a list of names joined by dots', 'Expressions are paths'],
    ['metadata..a', 'is a list of names joined by dots', 'Expressions are paths'],
    ['', 'is a list of names joined by dots', 'Expressions are paths'],
    ['language', "can't start with 'language'", 'For a metadata key, write metadata.language'],
    ['userid', "can't start with 'userid'", "Did you mean 'user_id'?"],
    ['session.metadata.language', "can't start with 'session'", 'Expressions are paths'],
    ['anonymous_session.cart.items', "have no attribute 'cart'", 'For a metadata key, write metadata.cart.items'],
    ['metdata.language', "can't start with 'metdata'", "Did you mean 'metadata'?"],
    ['anonymous_sesion.user_id', "can't start with 'anonymous_sesion'", "Did you mean 'anonymous_session'?"],
    ['anonymous_session', 'names no session attribute', 'metadata.<key>'],
    ['anonymous_session.userid', "have no attribute 'userid'", "Did you mean 'user_id'?"],
    ['user_id.length', "'user_id' has no nested keys", 'only metadata'],
    [`metadata.${'a'.repeat(250)}`, 'has at most 255 characters; this one has 277', 'Expressions are paths'],
  ])('refuses the expression %j', async (text, problem, help) => {
    const failure = await failureOf(() => parseClaimMapping({ name: 'c', expression: text }));
    expect(failure.code).toBe('usage');
    expect(failure.message).toContain(problem);
    expect(`${failure.message} ${failure.hint}`).toContain(help);
  });
});
