import { Command } from 'commander';
import { findApi } from '../../../domain/api/find.ts';
import { findApp } from '../../../domain/app/find.ts';
import type { ChosenApi, ChosenApp, Profile, TenantConnection } from '../../../domain/ports.ts';
import { mostSimilar } from '../../../domain/similar.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { printable } from '../../render/printable.ts';
import { profileData } from '../../render/profile.ts';
import { accessTenant } from '../../tenant-access.ts';

export function profileSetCommand(context: Context, run = setChoice): Command {
  const command = new Command('set')
    .description('choose the application or API that commands use when none is named')
    .argument('<what>', 'app or api')
    .argument('<reference>', 'its name, client id or audience')
    .action((what: string, reference: string, options: GlobalOptions) => run(context, what, reference, options));
  return withExample(command, 'profile set app web');
}

async function setChoice(context: Context, what: string, reference: string, options: GlobalOptions): Promise<void> {
  const kind = parseKind(what);
  const { tenant, profile } = await accessTenant(context, options);
  const chosen =
    kind === 'app' ? { app: await chosenApp(tenant, reference) } : { api: await chosenApi(tenant, reference) };
  const store = await context.profiles();
  await store.change(profile.name, (before) => ({ ...(before ?? profile), ...chosen }));
  const after: Profile = { ...profile, ...chosen };
  const current = await store.current();
  printResult(context, options, {
    data: profileData(after, current),
    human: (paint) =>
      `${paint.green('✔')} Profile ${profile.name} uses ${kind === 'app' ? 'application' : 'API'} ${printable(after[kind]?.name ?? '')}\n`,
  });
}

function parseKind(what: string): 'app' | 'api' {
  if (what === 'app' || what === 'api') return what;
  const similar = mostSimilar(what, ['app', 'api']);
  throw new AnonError('usage', `A profile has no '${what.slice(0, 40)}' to set.`, {
    hint: similar ? `Did you mean ${similar}?` : 'It has app and api.',
  });
}

/** Without credentials to look it up, the reference is taken for the client id. */
async function chosenApp(tenant: TenantConnection, reference: string): Promise<ChosenApp> {
  if (!tenant.management) return { clientId: reference, name: reference };
  const { clientId, name } = await findApp(tenant, reference);
  return { clientId, name };
}

async function chosenApi(tenant: TenantConnection, reference: string): Promise<ChosenApi> {
  if (!tenant.management) return { audience: reference, name: reference };
  const { audience, name } = await findApi(tenant, reference);
  return { audience, name };
}
