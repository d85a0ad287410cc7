import { join } from 'node:path';
import { expect, it } from 'vitest';
import { childProgram } from '../../../support/child.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { openTenant } from '../../../support/local.ts';
import { sqliteStore } from '../../../support/sqlite-store.ts';

const [damages, processes] = [1000, 4];

it('none of 1,000 random damages to a state crashes the process or goes undetected', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'state.db');
  const store = await sqliteStore(path);
  await openTenant({ store });
  // A document larger than one page.
  await store.write((writer) => writer.put('client', 'big', { client_id: 'big', description: 'x'.repeat(6000) }));
  await store.takeOnce('a token', { nowSeconds: 0, endSeconds: 10 });
  await store.close();

  const start = await childProgram(new URL('damaging-state.ts', import.meta.url));
  const share = damages / processes;
  const outcomes = await Promise.all(
    Array.from({ length: processes }, async (_, index) => {
      const range = [index * share, (index + 1) * share].map(String);
      const child = start(path, join(folder, `${index}.db`), ...range);
      let printed = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
      const [code, signal] = await new Promise<unknown[]>((done) => child.once('close', (...end) => done(end)));
      expect({ code, signal }, `after ${printed.split('\n').at(-1)}`).toEqual({ code: 0, signal: null });
      return printed.trimEnd().split('\n');
    }),
  );
  const counts = new Map<string, number>();
  for (const line of outcomes.flat()) {
    const outcome = line.replace(/^\d+ /, '');
    expect(outcome, line).toMatch(/^(same|corrupt|foreign|newer)$/);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  expect(outcomes.flat()).toHaveLength(damages);
  // Damage to unused bytes has no effect; most bytes are used.
  expect(counts.get('corrupt')).toBeGreaterThan(damages / 2);
  expect(counts.get('same')).toBeGreaterThan(10);
});
