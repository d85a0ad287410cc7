import { describe, expect, it } from 'vitest';
import { compareStates, isSecret } from '../../../src/domain/tenant/compare-states.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import type { CarriedKind } from '../../../src/wire/tenant-export.ts';
import type { SnapshotState } from '../../../src/wire/tenant-snapshot.ts';
import { sampleExport } from '../../support/tenant-export.ts';

/** A state with one document of a kind more than every other. */
function stateWith(kind: CarriedKind, id: string, document: JsonObject): SnapshotState {
  const state = sampleExport();
  const documents = { ...state.documents, [kind]: [...state.documents[kind], { id, document }] };
  return { state: { ...state, documents }, clock: null, faults: [], login_sessions: [] };
}

const secret = 'marker-of-a-secret';

describe('two states', () => {
  it.each<[CarriedKind, JsonObject, JsonObject]>([
    ['client', { client_secret: 'a' }, { client_secret: secret }],
    ['client', { addons: { samlp: { signingKey: 'a' } } }, { addons: { samlp: { signing_key: secret } } }],
    ['client', { addons: null }, { addons: { samlp: [{ private_key: secret }] } }],
    ['client', { encryption_key: { pub: 'a' } }, { encryption_key: { pub: secret } }],
    ['resource_server', { signing_secret: 'a' }, { signing_secret: secret }],
    ['user', { password_hash: 'a' }, { password_hash: secret }],
    ['action', { secrets: { API: 'a' } }, { secrets: { API: secret } }],
    ['client_credential', { pem: 'a' }, { pem: secret }],
  ])('differ in a secret of %s without showing it: %j', (kind, before, after) => {
    const changes = compareStates(stateWith(kind, 'x', before), stateWith(kind, 'x', after));
    expect(changes).toMatchObject([
      { change: 'changed', id: 'x', members: expect.arrayContaining([expect.objectContaining({ secret: true })]) },
    ]);
    expect(JSON.stringify(changes)).not.toContain(secret);
  });

  it('do not differ where members have another order, and lists do', () => {
    const state = (document: JsonObject) => stateWith('client', 'x', document);
    expect(compareStates(state({ a: 1, b: { c: 1, d: 2 } }), state({ b: { d: 2, c: 1 }, a: 1 }))).toEqual([]);
    expect(compareStates(state({ callbacks: ['a', 'b'] }), state({ callbacks: ['b', 'a'] }))).toMatchObject([
      { members: [{ member: 'callbacks', before: ['a', 'b'], after: ['b', 'a'] }] },
    ]);
  });

  it('differ in objects that one of them lacks, whatever their order', () => {
    const [one, other] = [
      stateWith('user', 'u1', { email: 'a@b.example' }),
      stateWith('user', 'u2', { email: 'c@b.example' }),
    ];
    expect(compareStates(one, other)).toEqual([
      { change: 'removed', kind: 'user', name: 'a@b.example', id: 'u1', members: [] },
      { change: 'added', kind: 'user', name: 'c@b.example', id: 'u2', members: [] },
    ]);
  });

  it.each([
    [null, { offset_ms: 60_000 }, { member: 'offset_seconds', before: 0, after: 60 }],
    [{ frozen_at_ms: 0 }, { frozen_at_ms: 1000 }, { member: 'frozen_at', after: '1970-01-01T00:00:01.000Z' }],
  ])('differ in their clocks: %j', (before, after, member) => {
    const state = stateWith('user', 'u', {});
    expect(compareStates({ ...state, clock: before }, { ...state, clock: after })).toMatchObject([
      { change: 'changed', kind: 'clock', name: null, members: [member] },
    ]);
  });
});

it.each(['name', 'client_id', 'token_lifetime', 'secret_encoded', 'callbacks', 'kid', 'monkeys'])(
  '%s is no secret',
  (name) => {
    expect(isSecret(name)).toBe(false);
  },
);
