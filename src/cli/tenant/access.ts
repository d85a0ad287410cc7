import { mostSimilar } from '../../domain/did-you-mean.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { localProfileName } from '../../domain/profile/name.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { AnonError } from '../../errors.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { editionOption, type GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import { credentialVariables } from '../world/environment.ts';
import { transportOf } from './transport.ts';

/** The tenant that a command talks to, and the profile with its defaults there. */
export interface Access {
  readonly tenant: TenantConnection;
  readonly profile: Profile;
}

/**
 * Connects to the tenant of `--profile`, or else ANON_PROFILE, AUTH0_DOMAIN or the current profile, which is `local` by
 * default.
 * @throws {AnonError} `not_found`
 */
export async function accessTenant(context: Context, options: GlobalOptions): Promise<Access> {
  const edition = requestedEdition(context, options);
  const transport = transportOf(options, context.env);
  const { profile, selection } = await selectProfile(context, options);
  return { profile, tenant: await context.connect(profile, { selection, edition, transport }) };
}

/** The edition in --edition, or else in ANON_EDITION. @throws {AnonError} `usage` */
export function requestedEdition({ env }: Pick<Context, 'env'>, options: GlobalOptions): EditionName | undefined {
  return editionOption({ ...options, edition: options.edition ?? (env.ANON_EDITION || undefined) });
}

/** The application and the API in --app and --api, or else in ANON_APP and ANON_API. */
export function requestedAppAndApi(
  { env }: Pick<Context, 'env'>,
  options: { readonly app?: string | undefined; readonly api?: string | undefined },
): { app: string | undefined; api: string | undefined } {
  return { app: options.app ?? (env.ANON_APP || undefined), api: options.api ?? (env.ANON_API || undefined) };
}

/** The profile that a command uses. */
export interface Selected {
  readonly profile: Profile;
  /** The option that makes another command use it too: ` --profile NAME` or nothing. */
  readonly selection: string;
  /** Where the selection comes from; undefined for the current profile. */
  readonly because: '--profile' | 'ANON_PROFILE' | 'AUTH0_DOMAIN' | undefined;
}

/** @throws {AnonError} `usage`, `not_found`, `state_unusable` */
export async function selectProfile(context: Context, options: GlobalOptions): Promise<Selected> {
  const profiles = await context.profiles();
  const { env } = context;
  const named = options.profile ?? (env.ANON_PROFILE || undefined);
  if (named === undefined && ['AUTH0_DOMAIN', ...credentialVariables].some((name) => env[name])) {
    const { checkDomainIsSet, profileOfDomain } = await import('../world/management-credentials.ts');
    checkDomainIsSet(env);
    const profile = profileOfDomain(env.AUTH0_DOMAIN ?? '', await profiles.list(), await profiles.current());
    return { profile, selection: '', because: 'AUTH0_DOMAIN' };
  }
  const name = named ?? (await profiles.current());
  const profile = await profiles.get(name);
  const selection = options.profile === undefined ? '' : ` --profile ${shellWord(name)}`;
  const because = options.profile !== undefined ? '--profile' : named !== undefined ? 'ANON_PROFILE' : undefined;
  if (profile) return { profile: await context.asUsed(requireDomain(profile)), selection, because };
  const similar = mostSimilar(
    name,
    (await profiles.list()).map((known) => known.name),
  );
  const origin = because === 'ANON_PROFILE' ? ' (from ANON_PROFILE)' : '';
  throw new AnonError('not_found', `Profile '${name.slice(0, 60)}'${origin} not found.`, {
    hint: similar ? `Did you mean '${similar}'? To see all: anon-cli profile list` : 'Run: anon-cli profile list',
  });
}

/** Only `local` has no domain. Any other profile without one is damaged, and must not fall back to the local tenant. */
function requireDomain(profile: Profile): Profile {
  if (profile.domain !== undefined || profile.name === localProfileName) return profile;
  throw new AnonError('state_unusable', `Profile '${profile.name}' has no domain in profiles.json.`, {
    hint: `Set one: anon-cli login ${shellWord(profile.name)} --domain <domain>`,
  });
}
