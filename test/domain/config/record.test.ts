import { expect, it } from 'vitest';
import { planConfig } from '../../../src/domain/config/plan.ts';
import { readSnapshot } from '../../../src/domain/config/read-tenant.ts';
import { driftSince, type TenantRecord, withEntry, withOutcome } from '../../../src/domain/config/record.ts';
import { configOf, configTenant, setTo } from '../../support/config-tenant.ts';
import { connectionTo } from '../../support/domain.ts';

const empty: TenantRecord = { left: undefined, entries: [] };
const lifetime = (days: number) => configOf({ tenant: { lifetimeSeconds: days * 86_400 } });
const when = { atMs: 1 };

async function scene() {
  const tenant = await configTenant('ea');
  const plan = async (days: number) =>
    planConfig(lifetime(days), await readSnapshot(connectionTo(tenant)), { prune: false }).plan;
  const drift = async (record: TenantRecord) => driftSince(record, await readSnapshot(connectionTo(tenant)));
  return { tenant, plan, drift };
}

it('what a killed apply may have changed is nobody’s drift, until an apply has ended', async () => {
  const { tenant, plan, drift } = await scene();
  const first = await plan(60);
  await setTo(tenant, lifetime(60));
  const left = withOutcome(withEntry(empty, first, when), first, { done: [...first.steps], found: [] }, when);
  expect(await drift(left)).toEqual({ drift: [], unsure: [] });

  const second = await plan(90);
  const killed = withEntry(left, second, when);
  await setTo(tenant, lifetime(90));
  expect(await drift(killed)).toMatchObject({ drift: [], unsure: [{ setting: 'lifetime' }] });
  await setTo(tenant, lifetime(50));
  expect(await drift(killed)).toMatchObject({ drift: [{ setting: 'lifetime' }], unsure: [] });

  await setTo(tenant, lifetime(90));
  const third = await plan(90);
  expect(third.steps).toEqual([]);
  const ended = withOutcome(killed, third, { done: [], found: [] }, when);
  expect(ended.entries.map(({ unfinished }) => unfinished)).toEqual([undefined, undefined]);
  expect(await drift(ended)).toEqual({ drift: [], unsure: [] });
});

it('a failed apply leaves what it did, and nothing about a change whose outcome is unknown', async () => {
  const { tenant, plan, drift } = await scene();
  const first = await plan(60);
  await setTo(tenant, lifetime(60));
  const left = withOutcome(withEntry(empty, first, when), first, { done: [...first.steps], found: [] }, when);
  const second = await plan(90);
  const [step] = second.steps;
  if (!step) throw new Error('there is nothing to do');
  const failure = { step, error: new Error('lost') as never, unknown: true };
  const failed = withOutcome(withEntry(left, second, when), second, { done: [], found: [], failure }, when);
  expect(failed.left?.objects).toEqual([{ object: { kind: 'tenant' }, values: {} }]);
  expect(await drift(failed)).toEqual({ drift: [], unsure: [] });
  expect([left.left?.incomplete, failed.left?.incomplete]).toEqual([undefined, true]);
  const narrow = withOutcome(failed, { ...second, narrowed: true }, { done: [], found: [] }, when);
  expect(narrow.left?.incomplete).toBe(true);
  expect(withOutcome(failed, second, { done: [...second.steps], found: [] }, when).left?.incomplete).toBeUndefined();
});

it('the last 50 entries are saved', () => {
  const plan = { issuer: '', edition: 'ea', steps: [], managed: [], narrowed: false } as const;
  const record = Array.from({ length: 60 }).reduce<TenantRecord>((before) => withEntry(before, plan, when), empty);
  expect(record.entries).toHaveLength(50);
  expect(record.entries.at(-1)?.id).toBe(60);
});
