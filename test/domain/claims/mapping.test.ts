import { describe, expect, it } from 'vitest';
import { chooseClaimsHolder } from '../../../src/domain/claims/holder.ts';
import { parseClaimMapping, planClaimMapping, planClaimRemoval } from '../../../src/domain/claims/mapping.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { editionNamed } from '../../../src/wire/edition/editions.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { openTenant, type TestTenant } from '../../support/local.ts';

const language = { name: 'language', expression: 'anonymous_session.metadata.language' };
const guest = { name: 'guest', expression: 'anonymous_session.user_id' };
const none = { named: { app: undefined, api: undefined }, chosen: {} };

/** Maps claims past the Management API, beside another setting of access tokens. */
function put(tenant: TestTenant, edition: EditionName, claims: readonly object[]): void {
  const members = editionNamed(edition).claims.write(claims as never, { access_token: { other: true } });
  if (edition === 'ea') tenant.change('resource_server', tenant.api.id, members);
  else tenant.change('client', tenant.app.client_id, members);
}

async function opened(edition: EditionName, claims: readonly object[] = []) {
  const tenant = await openTenant({ edition });
  if (claims.length > 0) put(tenant, edition, claims);
  const connection = connectionTo(tenant);
  return { tenant, connection, holder: await chooseClaimsHolder(connection, none) };
}

describe.each(['preview', 'ea'] as const)('in edition %s', (edition) => {
  const kept = (tenant: TestTenant) =>
    edition === 'ea'
      ? tenant.store.get('resource_server', tenant.api.id)?.access_token
      : tenant.store.get('client', tenant.app.client_id)?.access_token;

  it('claims are mapped for what is open to guests when nothing is named', async () => {
    const { tenant, holder } = await opened(edition);
    expect(holder).toMatchObject(
      edition === 'ea'
        ? { heldBy: 'api', name: 'shop', id: tenant.api.identifier, claims: [], maxClaims: 20 }
        : { heldBy: 'application', name: 'web', id: tenant.app.client_id, claims: [], maxClaims: 10 },
    );
  });

  it('what is named counts, and then what the profile says', async () => {
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

  it('a claim is mapped beside the others, and other settings of access tokens stay', async () => {
    const { tenant, connection, holder } = await opened(edition, [guest]);
    const { plan, claims } = await planClaimMapping(connection, holder, language);
    expect(claims).toEqual([guest, language]);
    expect(plan.writes).toHaveLength(1);
    expect(await applyPlan(connection, plan)).toMatchObject({ name: holder.name, claims: [guest, language] });
    expect(kept(tenant)).toMatchObject({ other: true });
    expect(await chooseClaimsHolder(connection, none)).toMatchObject({ claims: [guest, language] });
  });

  it('a claim that is mapped already is mapped otherwise, in its place', async () => {
    const { connection, holder } = await opened(edition, [guest, language]);
    const otherwise = { name: 'guest', expression: 'anonymous_session.session_id' };
    expect((await planClaimMapping(connection, holder, otherwise)).claims).toEqual([otherwise, language]);
  });

  it('nothing is sent where it is so already', async () => {
    const { connection, holder } = await opened(edition, [guest, language]);
    const { plan } = await planClaimMapping(connection, holder, language);
    expect(plan.writes).toEqual([]);
  });

  it('no more claims than the edition has room for, but those that are there may change', async () => {
    const { maxClaims } = editionNamed(edition).claims;
    const full = Array.from({ length: maxClaims }, (_, index) => ({ ...guest, name: `c${index}` }));
    const { connection, holder } = await opened(edition, full);
    expect(await failureOf(() => planClaimMapping(connection, holder, language))).toMatchObject({
      code: 'usage',
      message: `'${holder.name}' maps ${maxClaims} claims, and ${maxClaims} is the most there may be.`,
      hint: `Take one away first: anon-cli claims remove <name> --${edition === 'ea' ? 'api shop' : 'app web'}`,
    });
    expect((await planClaimMapping(connection, holder, { ...language, name: 'c0' })).plan.writes).toHaveLength(1);
  });

  it('a claim is mapped no longer, and the last one leaves an empty list', async () => {
    const { connection, holder } = await opened(edition, [guest]);
    const { plan, claims } = await planClaimRemoval(connection, holder, 'guest');
    expect(claims).toEqual([]);
    expect(await applyPlan(connection, plan)).toMatchObject({ claims: [] });
  });

  it('a claim that is not mapped is not there', async () => {
    const { connection, holder } = await opened(edition, [language]);
    const failure = await failureOf(() => planClaimRemoval(connection, holder, 'langage'));
    expect(failure.code).toBe('not_found');
    expect(failure.hint).toMatch(/^Did you mean 'language'\? See anon-cli claims list --(app web|api shop)$/);
  });
});

it('where no API or several take guests, one has to be named in edition ea', async () => {
  const { tenant, connection } = await opened('ea');
  const manage = await tenant.management();
  const shop = tenant.store.get('resource_server', tenant.api.id);
  await manage('POST', '/api/v2/resource-servers', {
    json: { identifier: 'urn:two', subject_type_authorization: shop?.subject_type_authorization },
  });
  expect((await failureOf(() => chooseClaimsHolder(connection, none))).message).toMatch(/^Which API\? 2 take guests/);
  const closed = { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } };
  for (const server of tenant.store.list('resource_server'))
    tenant.change('resource_server', String(server.id), { subject_type_authorization: closed });
  expect((await failureOf(() => chooseClaimsHolder(connection, none))).code).toBe('gate_closed');
});

const expression = 'anonymous_session.user_id';

describe('what is to be mapped', () => {
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
    ['', 'A claim needs a name.'],
    ['a'.repeat(256), "A claim's name has at most 255 characters, not 256."],
    [' ', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['sub ', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['su\u200bb', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['a\u001b[31mb', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['sub', "'sub' is reserved: no mapping can set it, in whatever case it is written."],
    ['Scope', "'Scope' is reserved: no mapping can set it, in whatever case it is written."],
  ])('a claim cannot be called %j', async (name, message) => {
    expect(await failureOf(() => parseClaimMapping({ name, expression }))).toMatchObject({ code: 'usage', message });
  });

  it('a reserved name comes with one that is free', async () => {
    for (const [name, free] of [
      ['SUB', 'guest_sub'],
      ['__proto__', 'guest_proto'],
    ] as const) {
      const { hint } = await failureOf(() => parseClaimMapping({ name, expression }));
      expect(hint).toContain(` ${free}.`);
    }
  });

  it.each([
    ['metadata.a b', 'is names joined by dots', 'a path and no logic'],
    ["metadata.a || 'x'", 'is names joined by dots', 'a path and no logic'],
    ['metadata..a', 'is names joined by dots', 'a path and no logic'],
    ['', 'is names joined by dots', 'a path and no logic'],
    ['language', "cannot begin with 'language'", 'For a key of the metadata write metadata.language'],
    ['userid', "cannot begin with 'userid'", "Did you mean 'user_id'?"],
    ['session.metadata.language', "cannot begin with 'session'", 'a path and no logic'],
    ['anonymous_session.cart.items', "cannot lead to 'cart'", 'For a key of the metadata write metadata.cart.items'],
    ['metdata.language', "cannot begin with 'metdata'", "Did you mean 'metadata'?"],
    ['anonymous_sesion.user_id', "cannot begin with 'anonymous_sesion'", "Did you mean 'anonymous_session'?"],
    ['anonymous_session', 'must name an attribute of the session', 'metadata.<key>'],
    ['anonymous_session.userid', "cannot lead to 'userid'", "Did you mean 'user_id'?"],
    ['user_id.length', "goes no further than 'user_id'", 'only metadata'],
    [`metadata.${'a'.repeat(250)}`, 'has at most 255 characters, not 277', 'a path and no logic'],
  ])('%j is no expression', async (text, problem, help) => {
    const failure = await failureOf(() => parseClaimMapping({ name: 'c', expression: text }));
    expect(failure.code).toBe('usage');
    expect(failure.message).toContain(problem);
    expect(`${failure.message} ${failure.hint}`).toContain(help);
  });
});
