import { fingerprintOf } from '../../jose/fingerprint.ts';
import { isClockTime } from '../../wire/tenant-clock.ts';
import type { KeyReading, KeyUse } from '../../wire/tenant-keys.ts';
import { type Random, randomToken } from '../random.ts';
import { longestLifetime } from '../state/lifetimes.ts';
import type { Store, StoreReader } from '../store/store.ts';
import type { KeyMaker, KeyMaterial, PreviousSigningKey } from '../tokens/keys.ts';

/** The keys whose tokens the tenant accepts at `nowMs`, in milliseconds since 1970; the current ones first. */
export async function readKeys(store: StoreReader, nowMs: number): Promise<KeyReading[]> {
  const { signing, session, previous = none } = await materialOf(store);
  return [
    reading('signing', signing),
    reading('session', { ...session, kid: fingerprintOf(session.k) }),
    ...previous.signing.filter(({ ends_at }) => endMs(ends_at) > nowMs).map((key) => reading('signing', key)),
    ...previous.session.map((key) => reading('session', { ...key, kid: fingerprintOf(key.k) })),
  ];
}

function reading(
  use: KeyUse,
  key: { readonly kid: string } & Partial<Pick<PreviousSigningKey, 'created_at' | 'rotated_at' | 'ends_at'>>,
): KeyReading {
  const { kid, created_at = null, rotated_at = null, ends_at = null } = key;
  return { kid, use, state: rotated_at === null ? 'current' : 'previous', created_at, rotated_at, ends_at };
}

export interface RotationPorts {
  /** Makes a signing key. */
  readonly keys: KeyMaker;
  readonly random: Random;
  /** The tenant's time and the machine's, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly machineMs: number;
}

/** Makes a new key, which all tokens from now on are made with. Those of the present key stay valid. */
export async function rotateKey(store: Store, use: KeyUse, ports: RotationPorts): Promise<void> {
  const made = use === 'signing' ? (await ports.keys()).signing : undefined;
  const k = randomToken(ports.random, 32);
  await store.write(async (writer) => {
    const before = await materialOf(writer);
    const now = new Date(ports.nowMs).toISOString();
    const after = made
      ? withSigning(before, { ...made, created_at: now }, await longestLifetime(writer), ports)
      : withSession(before, { k, created_at: now });
    writer.put('key', 'current', { ...after });
  });
}

function withSigning(
  before: KeyMaterial,
  signing: KeyMaterial['signing'],
  longestSeconds: number,
  { nowMs, machineMs }: RotationPorts,
): KeyMaterial {
  const { previous = none } = before;
  const { kid, jwk, created_at } = before.signing;
  const { kty, n, e } = jwk;
  const lastMs = nowMs + longestSeconds * 1000;
  const rotated = {
    ...{ kid, jwk: { kty, n, e }, created_at, rotated_at: new Date(nowMs).toISOString() },
    // The tenant's clock never comes to what lies beyond its years.
    ends_at: isClockTime(lastMs) ? new Date(lastMs).toISOString() : null,
  };
  // A clock that a test has moved may go back, and then their tokens have not ended.
  const ended = ({ ends_at }: { readonly ends_at: string | null }) => endMs(ends_at) <= Math.min(nowMs, machineMs);
  const others = previous.signing.filter((key) => !ended(key));
  return { ...before, signing, previous: { ...previous, signing: [rotated, ...others] } };
}

function withSession(before: KeyMaterial, session: Required<KeyMaterial['session']>): KeyMaterial {
  const { previous = none } = before;
  const rotated = { ...before.session, rotated_at: session.created_at };
  return { ...before, session, previous: { ...previous, session: [rotated, ...previous.session] } };
}

/**
 * Removes a previous key: what was made with it is refused from now on. `current`: a tenant cannot be without it, so nothing
 * is changed. Undefined where no key has this `kid`.
 */
export async function revokeKey(store: Store, kid: string): Promise<'revoked' | 'current' | undefined> {
  return store.write(async (writer) => {
    const { previous = none, ...current } = await materialOf(writer);
    if (kid === current.signing.kid || kid === fingerprintOf(current.session.k)) return 'current';
    const signing = previous.signing.filter((key) => key.kid !== kid);
    const session = previous.session.filter((key) => fingerprintOf(key.k) !== kid);
    if (signing.length === previous.signing.length && session.length === previous.session.length) return undefined;
    writer.put('key', 'current', { ...current, previous: { signing, session } });
    return 'revoked';
  });
}

const none = { signing: [], session: [] } as const;

async function materialOf(store: StoreReader): Promise<KeyMaterial> {
  const document = await store.get('key', 'current');
  if (!document) throw new Error('the tenant has no keys');
  return document as unknown as KeyMaterial;
}

function endMs(endsAt: string | null): number {
  return endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt);
}
