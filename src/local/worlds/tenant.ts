import type { JsonObject } from '../../wire/schema.ts';
import { isClockTime } from '../../wire/tenant-clock.ts';
import type { TenantWorld, WorldAction, WorldKeys } from '../../wire/tenant-world.ts';
import { type Action, actionsOf } from '../actions/action.ts';
import { randomUuid } from '../random.ts';
import { type ClockSetting, clockOf } from '../state/clock.ts';
import type { StoreWriter } from '../store/store.ts';
import type { KeyMaterial } from '../tokens/keys.ts';
import { isoTime } from '../users/user.ts';
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

/** Puts the Actions of a world. Those of a trigger run in the order of the world, after others that the tenant has. */
export async function putActions(draft: WorldDraft, actions: readonly WorldAction[]): Promise<void> {
  for (const trigger of new Set(actions.map((action) => action.trigger))) {
    const wanted = actions.filter((action) => action.trigger === trigger);
    const others = await actionsOf(draft.writer, trigger);
    const known = wanted.map(({ name }) => others.find((other) => other.name === name));
    const orders = ordersFor(known, Math.max(0, ...others.map(({ order }) => order)));
    for (const [index, action] of wanted.entries()) {
      putAction(draft, action, known[index], orders[index] ?? 0);
    }
  }
}

function putAction(draft: WorldDraft, action: WorldAction, before: Action | undefined, order: number): void {
  const { name, trigger, file, secrets } = action;
  const id = before?.id ?? randomUuid(draft.randomFor(`action ${trigger} ${name}`));
  const created = { created_at: isoTime(draft.nowSeconds) };
  const after = { ...created, ...before, id, name, trigger, file, secrets: { ...secrets }, order };
  draft.put('action', id, after, before && { ...before }, { kind: 'action', name });
}

/** The places of those that the tenant has, in ascending order, and new ones after all others. */
function ordersFor(known: readonly (Action | undefined)[], last: number): number[] {
  const free = known.flatMap((action) => action?.order ?? []).sort((a, b) => a - b);
  return known.map((_, index) => free[index] ?? last + 1 + index - free.length);
}
