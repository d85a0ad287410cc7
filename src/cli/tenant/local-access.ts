import { localProfileName } from '../../domain/profile/name.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import type { DatabaseText } from '../world/database-state.ts';
import { type Access, requestedEdition } from './access.ts';
import { transportOf } from './transport.ts';

/** Connects to the local tenant, whatever the current profile is. `database` replaces the saved choice of its state. */
export async function accessLocalTenant(
  context: Context,
  options: GlobalOptions,
  database?: DatabaseText,
): Promise<Access> {
  const profiles = await context.profiles();
  const profile = (await profiles.get(localProfileName)) ?? { name: localProfileName };
  const selection = (await profiles.current()) === localProfileName ? '' : ` --profile ${localProfileName}`;
  const edition = requestedEdition(context, options);
  const transport = { ...transportOf(options, context.env), debug: false };
  return { profile, tenant: await context.connect(profile, { selection, edition, transport, database }) };
}
