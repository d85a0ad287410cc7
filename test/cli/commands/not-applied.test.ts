import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { changeDocument, freshMachine, servedTenant, useRemote } from '../../support/command.ts';

type Ask = (request: Request) => Promise<Response>;
type Lie = (request: Request, ask: Ask) => Promise<Response>;

/** The object that a write is for, as the tenant shows it. */
function objectAt(request: Request, ask: Ask): Promise<Response> {
  return ask(new Request(request.url, { headers: { authorization: request.headers.get('authorization') ?? '' } }));
}

async function withBody(request: Request, change: (body: JsonObject) => JsonObject): Promise<Request> {
  const body = JSON.stringify(change((await request.json()) as JsonObject));
  return new Request(request.url, { method: request.method, headers: request.headers, body });
}

async function shownWithout(response: Response, members: readonly string[]): Promise<Response> {
  const shown = (await response.json()) as JsonObject;
  for (const member of members) delete shown[member];
  return Response.json(shown, { status: response.status });
}

/** Ways in which a tenant accepts a write, and another state is there or seems to be. */
const lies = {
  'accepts it and ignores it': objectAt,
  'accepts half of it': async (request, ask) =>
    ask(await withBody(request, (body) => Object.fromEntries(Object.entries(body).slice(0, -1)))),
  'answers the object as it was': async (request, ask) => {
    const before = await objectAt(request, ask);
    await ask(request);
    return before;
  },
  'ignores it and answers nothing': async () => new Response(null, { status: 204 }),
} satisfies Record<string, Lie>;

/** Ways of answering that say too little, of a tenant that does what it is asked. */
const reticence = {
  'no body': async (request, ask) => {
    await ask(request);
    return new Response(null, { status: 200 });
  },
  'an empty object': async (request, ask) => {
    await ask(request);
    return Response.json({});
  },
  'a page': async (request, ask) => {
    await ask(request);
    return new Response('<html>OK</html>', { headers: { 'content-type': 'text/html' } });
  },
  'what is not compressed as it says': async (request, ask) =>
    new Response(await (await ask(request)).text(), { headers: { 'content-encoding': 'gzip' } }),
  'the object without what was changed': async (request, ask) => {
    const members = Object.keys((await request.clone().json()) as JsonObject);
    return shownWithout(await ask(request), members);
  },
} satisfies Record<string, Lie>;

/** A machine that works with a tenant which answers every PATCH to `path` with `lie`. */
async function machineWith(lie: Lie | undefined, edition: EditionName = 'preview') {
  const machine = await freshMachine();
  const lying = { now: false };
  const tenant = await servedTenant(machine.clock, {
    edition,
    answer: (request, ask) => (lying.now && lie && request.method === 'PATCH' ? lie(request, ask) : undefined),
  });
  if (edition === 'ea') await changeDocument(tenant.store, 'client', 'web', { oidc_conformant: true });
  await useRemote(machine, tenant);
  return { machine, tenant, lying };
}

const previewWrites: [string[], string[]][] = [
  [['tenant', 'set-lifetime', '7d'], ['anonymous_session_lifetime']],
  [['tenant', 'set-format', 'jwt'], ['anonymous_session_token_format']],
  [['app', 'enable', 'web'], ['can_create_anonymous_sessions']],
  [['claims', 'set', 'guest', 'user_id', '--app', 'web'], ['access_token.custom_claim_mappings']],
];
const eaWrites: [string[], string[]][] = [
  [['tenant', 'set-lifetime', '7d'], ['sessions.anonymous.lifetime_in_minutes']],
  [['tenant', 'set-cookie', 'off'], ['sessions.anonymous.activate_cookie']],
  [['app', 'enable', 'web'], ['anonymous_sessions.active']],
  [['claims', 'set', 'guest', 'metadata.guest', '--api', 'shop'], ['access_token.claims_mapping.custom_claims']],
];

describe('a tenant that accepts a write', () => {
  for (const kind of ['accepts it and ignores it', 'ignores it and answers nothing'] as const) {
    it.each([
      ...previewWrites.map(([command, members]) => ['preview', command, members] as const),
      ...eaWrites.map(([command, members]) => ['ea', command, members] as const),
    ])(`and ${kind} ends %s %j with 8, the members, and no check mark`, async (edition, command, members) => {
      const { machine, lying } = await machineWith(lies[kind], edition);
      lying.now = true;
      const { code, jsonError } = await machine.run(...command, '--json');
      expect({ exit: code, ...jsonError }).toMatchObject({ exit: 8, code: 'not_applied', exit_code: 8, members });
      const people = await machine.run(...command);
      expect(people).toMatchObject({ code: 8, stdout: '' });
      for (const member of members) expect(people.stderr).toContain(member);
    });
  }

  it('and applies half of it ends with 8 and names the other half', async () => {
    const { machine, lying } = await machineWith(lies['accepts half of it']);
    lying.now = true;
    const command = ['api', 'enable', 'shop', '--scopes', 'read:catalog', '--token-lifetime', '1h'];
    const { code, jsonError } = await machine.run(...command, '--json');
    expect({ exit: code, ...jsonError }).toMatchObject({ exit: 8, members: ['token_lifetime_for_anonymous_access'] });
    lying.now = false;
    const { json } = await machine.done(...command, '--json');
    expect(json.changes).toMatchObject([{ member: 'token_lifetime_for_anonymous_access', after: 3600 }]);
  });

  it('and returns the old object ends with 8: it may have been applied, and the next run shows', async () => {
    const { machine, lying } = await machineWith(lies['answers the object as it was']);
    lying.now = true;
    const command = ['tenant', 'set-lifetime', '7d'];
    expect((await machine.run(...command, '--json')).jsonError).toMatchObject({
      message:
        'The tenant accepted the update of tenant settings, but reports other values: anonymous_session_lifetime is 2592000, not 604800.',
      hint: 'Someone else changed it at the same time, or the tenant ignored the change. Run the command again: it checks first and sends only what still differs.',
    });
    expect((await machine.done(...command, '--json')).json.requests).toEqual([]);
  });

  for (const [kind, answer] of Object.entries(reticence)) {
    it.each(previewWrites)(`and answers ${kind} is asked again, and %j succeeds`, async (command) => {
      const { machine, tenant, lying } = await machineWith(answer);
      lying.now = true;
      await machine.done(...command);
      const [last] = tenant.requests.slice(-1);
      expect(last).toMatchObject({ method: 'GET', path: expect.stringMatching(/^\/api\/v2\/[\w/-]+$/) });
      // What it says of it is what it read: nothing is left to do.
      expect((await machine.done(...command, '--json')).json.requests).toEqual([]);
    });
  }

  it.each(['app create kiosk', 'api create orders --audience https://orders.example', 'app delete kiosk --yes'])(
    'and answers %j with something unreadable leads to an unknown outcome',
    async (command) => {
      const machine = await freshMachine();
      let broken = false;
      const tenant = await servedTenant(machine.clock, {
        answer: (request) =>
          broken && request.method !== 'GET' && request.url.includes('/api/v2/')
            ? Promise.resolve(new Response('{"a":1}', { headers: { 'content-encoding': 'br' } }))
            : undefined,
      });
      await useRemote(machine, tenant);
      if (command.includes('delete')) await machine.done('app', 'create', 'kiosk');
      broken = true;
      const { code, stderr } = await machine.run(...command.split(' '));
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /with 200 and an unreadable body\. The answer is declared as br but is not\. The change may or may not have been made\.\n/,
        ),
      });
    },
  );

  it('or a proxy that answers with a page: nothing is reported as accepted', async () => {
    const { machine, lying } = await machineWith(
      async () => new Response('<html>Blocked</html>', { headers: { 'content-type': 'text/html' } }),
    );
    lying.now = true;
    const { code, stderr } = await machine.run('tenant', 'set-lifetime', '7d');
    expect(code).toBe(1);
    expect(stderr).toContain('with 200 and an HTML page, not JSON. The change may or may not have been made.');
  });

  it('leads to a report of the writes that succeeded, and nothing more is sent', async () => {
    const { machine, tenant, lying } = await machineWith(async (request, ask) =>
      request.url.includes('/clients/') ? objectAt(request, ask) : ask(request),
    );
    lying.now = true;
    const ran = await machine.run(
      'setup',
      '--app',
      'web',
      '--api',
      'shop',
      '--scopes',
      'read:catalog',
      '--lifetime',
      '7d',
      '--yes',
    );
    expect(ran).toMatchObject({ code: 8, stdout: '' });
    expect(ran.stderr).toContain(
      'error: The tenant accepted the update of application web, but reports other values: can_create_anonymous_sessions is missing.\n',
    );
    expect(ran.stderr).toContain('Already applied: tenant settings.');
    const patched = tenant.requests.filter(({ method }) => method === 'PATCH').map(({ path }) => path.split('/')[3]);
    expect(patched).toEqual(['tenants', 'clients']);
  });

  it('and creates something else is reported', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, {
      answer: (request, ask) =>
        request.method === 'POST' && request.url.endsWith('/clients')
          ? withBody(request, ({ can_create_anonymous_sessions: _, ...body }) => body).then(ask)
          : undefined,
    });
    await useRemote(machine, tenant);
    const { code, stderr } = await machine.run('app', 'create', 'kiosk', '--enable');
    expect(code).toBe(8);
    expect(stderr).toContain(
      'The tenant created application kiosk, but reports other values: can_create_anonymous_sessions',
    );
    expect(stderr).toContain('anon-cli app list');
  });

  it('and does not delete is reported', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, {
      edition: 'ea',
      answer: (request) => (request.method === 'DELETE' ? new Response(null, { status: 204 }) : undefined),
    });
    await changeDocument(tenant.store, 'client', 'web', { oidc_conformant: true });
    await useRemote(machine, tenant);
    await machine.open();
    const { code, stderr } = await machine.run('api', 'disable', 'shop', '--revoke-grants');
    expect(code).toBe(8);
    expect(stderr).toContain('but still has it');
  });
});

it('a concurrent write to the same list is detected from the answer', async () => {
  const machine = await freshMachine();
  let other: (() => Promise<void>) | undefined;
  const tenant = await servedTenant(machine.clock, {
    answer: (request, ask) => {
      if (request.method !== 'PATCH' || !other) return undefined;
      return ask(request).then(async () => {
        await other?.();
        return objectAt(request, ask);
      });
    },
  });
  await useRemote(machine, tenant);
  other = () => changeDocument(tenant.store, 'resource_server', 'shop', { anonymous_access_scopes: ['write:cart'] });
  expect((await machine.run('api', 'scopes', 'add', 'shop', 'read:catalog', '--json')).jsonError).toMatchObject({
    code: 'not_applied',
    members: ['anonymous_access_scopes'],
    hint: expect.stringContaining('Someone else changed it at the same time'),
  });
});
