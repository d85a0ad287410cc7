import type { Hono } from 'hono/quick';
import { keysPath } from '../../wire/control.ts';
import { type KeysAnswer, readKeyRotation } from '../../wire/tenant-keys.ts';
import { bodyOf, invalid, notFound } from '../control/answers.ts';
import { readKeys, revokeKey, rotateKey } from '../control/keys.ts';
import type { MomentBindings, TenantScope } from '../scope.ts';
import { timeBy } from '../state/clock.ts';
import type { KeyMaker } from '../tokens/keys.ts';

export interface KeysScope extends Pick<TenantScope, 'store' | 'random'> {
  /** Makes new keys. */
  readonly keys: KeyMaker;
}

/** /_anon/keys: list, rotate, revoke. */
export function addKeys(app: Hono<MomentBindings>, { store, random, keys }: KeysScope): void {
  const answer = async ({ clock, machineMs }: MomentBindings['Bindings']): Promise<KeysAnswer> => ({
    keys: await readKeys(store, timeBy(clock, machineMs)),
  });
  app.get(keysPath, async (c) => c.json(await answer(c.env)));
  app.post(keysPath, async (c) => {
    const rotation = readKeyRotation(await bodyOf(c.req.raw));
    if (typeof rotation === 'string') throw invalid(rotation);
    const { clock, machineMs } = c.env;
    await rotateKey(store, rotation.use, { keys, random, nowMs: timeBy(clock, machineMs), machineMs });
    return c.json(await answer(c.env));
  });
  app.delete(`${keysPath}/:kid`, async (c) => {
    const revoked = await revokeKey(store, c.req.param('kid'));
    if (revoked === 'current') throw invalid('This is the current key. Rotate it first.', 409);
    if (!revoked) throw notFound('The tenant has no key with this kid.');
    return c.json(await answer(c.env));
  });
}
