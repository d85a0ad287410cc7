import { localProfileName } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import type { Context } from '../../world/context.ts';
import { fileWord } from '../../world/local-state.ts';
import { isServedAddress } from '../../world/served-state.ts';
import { defineCommand } from '../define-command.ts';
import { stateData } from './state-data.ts';

export const localUseDatabaseCommand = defineCommand({
  description: 'keep the state of the local tenant in PostgreSQL, where several machines can share it',
  args: {
    '<url>': { description: `postgres://USER@HOST:PORT/DATABASE, or ${fileWord} for the file`, values: [fileWord] },
  },
  calls: 'nothing',
  examples: [`local use-database ${fileWord}`],
  notes: `Connects first, and creates a tenant if the database has none; nothing is copied into it. The password comes from \
PGPASSWORD or a password file (PGPASSFILE, by default ~/.pgpass), never from the address. ANON_DATABASE_URL takes \
precedence over the saved address.`,
  more: 'docs/shared-tenant.md',
  async run(context, { url }, options) {
    await refuseOtherTenants(context, options);
    refuseInsideExec(context);
    const local = await context.local({ text: url, from: 'argument' });
    const created = !(await local.exists());
    const { issuer, edition } = await local.describe(requestedEdition(context, options));
    const state = stateData(local);
    const changed = await save(context, state.database);
    const what = created ? 'a new tenant, just created' : 'an existing tenant';
    printResult(context, options, {
      data: { ...state, created, issuer, edition },
      human: (paint) =>
        `${changed || created ? `${paint.green('✔')} The local tenant now uses` : 'No changes: the local tenant already uses'} ${printable(state.database ?? state.state)}\n` +
        rows(paint, [
          ['found', what],
          ['issuer', issuer],
          ['edition', edition],
        ]) +
        paint.dim(`Next: anon-cli ${created ? 'quickstart' : 'app list'} --profile ${localProfileName}\n`),
    });
  },
});

/** The choice would stay on this machine, where the command about it is inside `local exec`, of which nothing stays. */
function refuseInsideExec({ env }: Context): void {
  if (!isServedAddress(env.ANON_DATABASE_URL ?? '')) return;
  throw new AnonError(
    'usage',
    'The local tenant in use is in the memory of another process, and has no place to choose.',
    {
      hint: 'To choose the place of the one that is saved on this machine: unset ANON_DATABASE_URL.',
    },
  );
}

/** Returns whether the place is another one. The default application and API belong to the tenant in the previous place. */
async function save(context: Context, database: string | null): Promise<boolean> {
  const saved = database ?? undefined;
  const profiles = await context.profiles();
  const changed = (await profiles.get(localProfileName))?.database !== saved;
  const moved = (before: Profile | undefined): Profile =>
    before?.database === saved ? (before ?? { name: localProfileName }) : { name: localProfileName, database: saved };
  await profiles.change(localProfileName, moved);
  if (context.env.ANON_DATABASE_URL) {
    context.warn('Commands use the database in ANON_DATABASE_URL. Unset it to use the saved one.');
  }
  return changed;
}
