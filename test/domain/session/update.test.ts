import { describe, expect, it } from 'vitest';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import { createAndSave } from '../../../src/domain/session/create.ts';
import type { SavedSession, SessionStore } from '../../../src/domain/session/saved-session.ts';
import type { SessionPorts } from '../../../src/domain/session/target.ts';
import { updateSaved } from '../../../src/domain/session/update.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { connectionTo, failureOf, json, scriptedConnection, type TestConnection } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

/** Sessions in memory. Counts the reads, and notes when a lock is held. */
function memoryStore(entries: Record<string, SavedSession> = {}) {
  const saved = new Map(Object.entries(entries));
  const seen = { reads: 0, locks: 0 };
  const sessions: SessionStore = {
    names: async () => [...saved.keys()].sort(),
    current: async () => 'default',
    use: async () => {},
    async get(name) {
      seen.reads += 1;
      return saved.get(name);
    },
    put: async (name, session) => void saved.set(name, session),
    rename: async () => {},
    forget: async (name) => void saved.delete(name),
    forgetAll: async () => saved.clear(),
    exclusively(_, work) {
      seen.locks += 1;
      return work();
    },
  };
  return { sessions, seen, saved };
}

function portsOf(tenant: TestConnection, sessions: SessionStore, warnings: string[] = []): SessionPorts {
  return { sessions, clock: tenant.clock, warn: (message) => warnings.push(message), explain: explainRefusal };
}

const target = { name: 'default', selection: '', saves: true };

/** A tenant with a saved session; counts how often a session token is opened. */
async function savedSession(edition: EditionName) {
  const tenant = await openTenant({ edition });
  const connection = connectionTo(tenant);
  const keys = connection.sessionKeys;
  const opened = { times: 0 };
  const counting: TestConnection = {
    ...connection,
    async sessionKeys() {
      opened.times += 1;
      return (await keys?.()) ?? [];
    },
  };
  const store = memoryStore();
  const request = {
    app: { clientId: tenant.app.client_id, name: 'web', clientSecret: undefined },
    api: { audience: tenant.api.identifier, name: 'shop' },
    ...{ scope: undefined, metadata: { language: 'en' }, userId: undefined },
  };
  const as = { sessions: store.sessions, name: 'default', given: false, replaces: false };
  await createAndSave(portsOf(connection, store.sessions), connection, request, as);
  store.seen.reads = 0;
  store.seen.locks = 0;
  return { tenant: counting, store, opened };
}

describe('an update of a saved session', () => {
  it('reads the session once and opens one session token, under one lock', async () => {
    const { tenant, store, opened } = await savedSession('preview');
    const { decoded } = await updateSaved(portsOf(tenant, store.sessions), tenant, target, {
      metadata: { country: 'US' },
    });
    expect(decoded.session?.claims?.metadata).toEqual({ language: 'en', country: 'US' });
    expect({ ...store.seen, ...opened }).toEqual({ reads: 1, locks: 1, times: 1 });
    expect(store.saved.get('default')?.metadata).toEqual({ language: 'en', country: 'US' });
  });

  it('that renews it reads it once, and opens no session token in edition ea, which gives none', async () => {
    const { tenant, store, opened } = await savedSession('ea');
    await updateSaved(portsOf(tenant, store.sessions), tenant, target, {});
    expect({ ...store.seen, ...opened }).toEqual({ reads: 1, locks: 1, times: 0 });
  });

  it('takes no lock for a session that does not exist, and none if nothing is saved', async () => {
    const { tenant, store } = await savedSession('preview');
    const ports = portsOf(tenant, store.sessions);
    const missing = await failureOf(() => updateSaved(ports, tenant, { ...target, name: 'cart' }, {}));
    expect(missing).toMatchObject({
      code: 'not_found',
      message: "Session 'cart' not found in profile 'local'.",
      hint: 'To see all: anon-cli session list. To create it: anon-cli token create --session cart',
    });
    const before = store.saved.get('default');
    await updateSaved(ports, tenant, { ...target, saves: false }, { metadata: { a: '1' } });
    expect(store.seen.locks).toBe(0);
    expect(store.saved.get('default')).toBe(before);
  });

  it('returns the tokens with the failure to save them', async () => {
    const { tenant, store } = await savedSession('preview');
    const full = new Error('the disk is full');
    const sessions = { ...store.sessions, put: () => Promise.reject(full) };
    const outcome = await updateSaved(portsOf(tenant, sessions), tenant, target, {});
    expect(outcome.saveFailure).toEqual({ error: full });
    expect(outcome.decoded.tokens.accessToken).not.toBe('');
  });

  it('saves that the session has expired if the tenant refuses it for that', async () => {
    const refusal = json({ error: 'session_expired', error_description: 'The session has expired.' }, 400);
    const tenant = scriptedConnection([refusal], { management: undefined });
    const session = { sessionToken: 's', accessToken: 'a', clientId: 'web', audience: 'urn:shop' };
    const { sessions, saved } = memoryStore({ default: session });
    const error = await failureOf(() => updateSaved(portsOf(tenant, sessions), tenant, target, {}));
    expect(error.code).toBe('token_unacceptable');
    expect(saved.get('default')?.sessionEndsAtMs).toBe(tenant.clock.now());
  });

  it('by a new one reports the change of guest', async () => {
    const { tenant, store } = await savedSession('ea');
    const was = store.saved.get('default')?.guestId;
    const warnings: string[] = [];
    await updateSaved(portsOf(tenant, store.sessions, warnings), tenant, target, {
      ...{ replace: true, metadata: { country: 'US' } },
    });
    const { guestId, metadata, replaced } = store.saved.get('default') ?? {};
    expect(metadata).toEqual({ language: 'en', country: 'US' });
    expect(replaced).toMatchObject([{ guestId: was }]);
    expect(warnings).toEqual([`The guest id changed from ${was} to ${guestId}.`]);
  });
});
