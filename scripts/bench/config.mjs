// How long a plan takes for a tenant that is large, and in how many requests it reads it.
import { join } from 'node:path';
import { fillTenant } from './large-state.mjs';
import { bin, median, newHome, print, rounds, row, run, runJson, timeOf } from './program.mjs';

const planRounds = 9;

export async function measure() {
  const home = newHome();
  const { env, folder } = home;
  try {
    run(env, ['local', 'reset', '--yes', '--edition', 'ea']);
    run(env, ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--no-session', '--yes']);
    fillTenant(home, { clients: 2000, apis: 200, grants: 5000 });
    const file = join(folder, 'anon.yaml');
    run(env, ['config', 'export', '--output', file]);
    const plan = ['config', 'plan', '--file', file, '--prune'];
    print('\nconfig plan for 2,000 applications, 200 APIs and 5,000 grants, all of them in the file');
    row('requests to read the tenant', runJson(env, plan).requests, { atMost: 80 });
    const times = [];
    for (const _ of rounds(planRounds, 30)) times.push(timeOf([bin, ...plan], env));
    row('seconds', median(times) / 1000, { digits: 2, atMost: 3 });
  } finally {
    home.remove();
  }
}
