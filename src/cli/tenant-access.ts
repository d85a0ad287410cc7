import type { Profile, TenantConnection } from '../domain/ports.ts';
import { shellWord } from '../domain/shell-word.ts';
import { mostSimilar } from '../domain/similar.ts';
import { AnonError } from '../errors.ts';
import type { Context } from './context.ts';
import { editionOption, type GlobalOptions } from './global-options.ts';
import { transportOf } from './transport.ts';

/** The tenant that a command is for, and the profile that says what it uses there. */
export interface Access {
  readonly tenant: TenantConnection;
  readonly profile: Profile;
}

/**
 * Connects to the tenant of `--profile`, else of ANON_CLI_PROFILE, else of the current profile.
 * @throws {AnonError} `not_found`
 */
export async function accessTenant(context: Context, options: GlobalOptions): Promise<Access> {
  const edition = editionOption(options);
  const transport = transportOf(options, context.env);
  const { profile, selection } = await selectProfile(context, options);
  return { profile, tenant: await context.connect(profile, { selection, edition, transport }) };
}

/** The profile that a command is for, and what makes another command be for it too. */
export async function selectProfile(
  context: Context,
  options: GlobalOptions,
): Promise<{ profile: Profile; selection: string }> {
  const profiles = await context.profiles();
  const named = options.profile ?? (context.env.ANON_CLI_PROFILE || undefined);
  const name = named ?? (await profiles.current());
  const profile = await profiles.get(name);
  const selection = options.profile === undefined ? '' : ` --profile ${shellWord(name)}`;
  if (profile) return { profile, selection };
  const similar = mostSimilar(
    name,
    (await profiles.list()).map((known) => known.name),
  );
  throw new AnonError('not_found', `There is no profile '${name.slice(0, 60)}'.`, {
    hint: similar ? `Did you mean '${similar}'? See anon-cli profile list` : 'See anon-cli profile list',
  });
}
