import type { Rehearsal, Rehearsed } from '../../local/rehearse.ts';
import { lazyRunner } from '../actions/lazy-runner.ts';
import type { LocalPorts } from './ports.ts';
import { withLocal } from './tenant.ts';

/** Rehearses a login in copies of the local tenant. Its Actions are the user's own files, and really run. @throws as {@link withLocal} */
export async function rehearseLogin(ports: LocalPorts, login: Rehearsal): Promise<Rehearsed> {
  // An export does not have the tenant's clock.
  const { file, now } = await withLocal(ports, {}, async (local) => ({
    file: await local.exportState(),
    now: local.now,
  }));
  const { rehearse } = await import('../../local/rehearse.ts');
  const runner = lazyRunner(ports.actionLimits);
  try {
    return await rehearse(file, { clock: now, runAction: runner.run }, login);
  } finally {
    await runner.close();
  }
}
