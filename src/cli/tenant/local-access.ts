import { localProfileName } from '../../domain/profile/name.ts';
import { AnonError } from '../../errors.ts';
import type { MemoryState } from '../../io/embedded/state-address.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import type { DatabaseText } from '../world/database-state.ts';
import { type Access, requestedEdition, selectProfile } from './access.ts';
import { transportOf } from './transport.ts';

/**
 * Connects to the local tenant, whatever the current profile is, without its faults: they are for apps, and for commands that use it
 * like any tenant. `place` replaces the saved choice of its state; what the profile has saved does not belong to a state in memory.
 */
export async function accessLocalTenant(
  context: Context,
  options: GlobalOptions,
  place?: DatabaseText | MemoryState,
): Promise<Access> {
  if (place && 'memory' in place) {
    const profile = { name: localProfileName };
    return { profile, tenant: await context.connect(profile, { ...connection(context, options), memory: place }) };
  }
  const profiles = await context.profiles();
  const saved = (await profiles.get(localProfileName)) ?? { name: localProfileName };
  // Its defaults are not for another state that the environment names.
  const profile = place ? saved : await context.asUsed(saved);
  const selection = (await profiles.current()) === localProfileName ? '' : ` --profile ${localProfileName}`;
  const database = place;
  return {
    profile,
    tenant: await context.connect(profile, { ...connection(context, options), selection, database }),
  };
}

function connection(context: Context, options: GlobalOptions) {
  const transport = { ...transportOf(options, context.env), debug: false };
  return { selection: '', edition: requestedEdition(context, options), transport, faultless: true } as const;
}

/** The same for a command about what only the local tenant has. @throws as {@link refuseOtherTenants} */
export async function accessLocalTenantAlone(context: Context, options: GlobalOptions): Promise<Access> {
  await refuseOtherTenants(context, options);
  return accessLocalTenant(context, options);
}

/**
 * For a command about what only the local tenant has, so that `--profile` cannot mean another.
 * @throws {AnonError} `edition_unsupported` where it does, `not_found` where there is no such profile
 */
export async function refuseOtherTenants(context: Context, options: GlobalOptions): Promise<void> {
  if (options.profile === undefined || options.profile === localProfileName) return;
  const { name, domain } = (await selectProfile(context, options)).profile;
  throw new AnonError(
    'edition_unsupported',
    `Profile '${name}' is for ${domain}; this command is for the local tenant only.`,
    {
      hint: `Leave --profile out, or pass --profile ${localProfileName}.`,
    },
  );
}
