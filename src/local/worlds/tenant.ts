import type { JsonObject } from '../../wire/schema.ts';
import { isClockTime } from '../../wire/tenant-clock.ts';
import type { TenantWorld, WorldKeys } from '../../wire/tenant-world.ts';
import { type ClockSetting, clockOf } from '../state/clock.ts';
import type { StoreWriter } from '../store/store.ts';
import type { KeyMaterial } from '../tokens/keys.ts';
import type { WorldDraft } from './draft.ts';

/** The keys of a world, made before anything is written. Undefined members stay as they are. */
export async function keysFor(keys: WorldKeys | undefined): Promise<Partial<KeyMaterial>> {
  if (keys === undefined) return {};
  if ('seed' in keys) return (await import('../tokens/seeded-keys.ts')).seededKeys(keys.seed);
  const { signing, session } = keys;
  return { ...(signing && { signing }), ...(session !== undefined && { session: { k: session } }) };
}

/** A key that the tenant has already stays, with what is known of it. */
export async function putKeys(draft: WorldDraft, { signing, session }: Partial<KeyMaterial>): Promise<void> {
  const before = await draft.writer.get('key', 'current');
  const known = before as unknown as KeyMaterial | undefined;
  const isNewSigning = signing && (signing.kid !== known?.signing.kid || signing.jwk.n !== known.signing.jwk.n);
  const isNewSession = session && session.k !== known?.session.k;
  const after = { ...before, ...(isNewSigning && { signing }), ...(isNewSession && { session }) };
  draft.put('key', 'current', after, before, { kind: 'keys', name: '' });
}

/** Gate 1. */
export async function putSettings(draft: WorldDraft, { tenant }: TenantWorld): Promise<void> {
  const { writer, edition } = draft;
  const before: JsonObject = (await writer.get('tenant', 'settings')) ?? {};
  const after = { ...before, ...edition.tenant.write(tenant, before) };
  draft.put('tenant', 'settings', after, before, { kind: 'tenant', name: '' });
}

/** The clock of a world as the state has it; the tenant's own where the world has none. Undefined for the machine's. */
export async function clockFor({ clock }: TenantWorld, writer: StoreWriter): Promise<ClockSetting> {
  if (clock === undefined) return clockOf(writer);
  if ('frozenAtMs' in clock) return { frozen_at_ms: Math.floor(clock.frozenAtMs / 1000) * 1000 };
  return clock.offsetSeconds === 0 ? undefined : { offset_ms: clock.offsetSeconds * 1000 };
}

export async function putClock(draft: WorldDraft, clock: ClockSetting): Promise<void> {
  const subject = { kind: 'clock', name: '' } as const;
  const before = await draft.writer.get('tenant', 'clock');
  if (!isClockTime(draft.nowSeconds * 1000)) {
    draft.refuse(['clock'], 'The clock must stay in the years 1970 to 9999.');
  } else if (clock) draft.put('tenant', 'clock', { ...clock }, before ?? {}, subject);
  else if (before) {
    draft.writer.remove('tenant', 'clock');
    draft.note(subject, 'updated');
  }
}
