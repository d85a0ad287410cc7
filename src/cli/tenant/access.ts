import { mostSimilar } from '../../domain/did-you-mean.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { AnonError } from '../../errors.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { editionOption, type GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import { credentialVariables } from '../world/environment.ts';
import { transportOf } from './transport.ts';

/** The tenant that a command is for, and the profile that says what it uses there. */
export interface Access {
  readonly tenant: TenantConnection;
  readonly profile: Profile;
}

/**
 * Connects to the tenant of `--profile`, else of ANON_PROFILE, else the one that AUTH0_DOMAIN names, else of the
 * current profile, which is `local` until another is chosen.
 * @throws {AnonError} `not_found`
 */
export async function accessTenant(context: Context, options: GlobalOptions): Promise<Access> {
  const edition = chosenEdition(context, options);
  const transport = transportOf(options, context.env);
  const { profile, selection } = await selectProfile(context, options);
  return { profile, tenant: await context.connect(profile, { selection, edition, transport }) };
}

/** The edition that a command is told to speak: by --edition, else by ANON_EDITION. @throws {AnonError} `usage` */
export function chosenEdition({ env }: Pick<Context, 'env'>, options: GlobalOptions): EditionName | undefined {
  return editionOption({ ...options, edition: options.edition ?? (env.ANON_EDITION || undefined) });
}

/** The application and the API that a command names: by its options, else by ANON_APP and ANON_API. */
export function namedChoices(
  { env }: Pick<Context, 'env'>,
  options: { readonly app?: string | undefined; readonly api?: string | undefined },
): { app: string | undefined; api: string | undefined } {
  return { app: options.app ?? (env.ANON_APP || undefined), api: options.api ?? (env.ANON_API || undefined) };
}

/** The profile that a command is for. */
export interface Selected {
  readonly profile: Profile;
  /** What makes another command be for it too: nothing, or ` --profile NAME`. */
  readonly selection: string;
  /** What says so; undefined where nothing does, and it is the current one. */
  readonly because: '--profile' | 'ANON_PROFILE' | 'AUTH0_DOMAIN' | undefined;
}

/** @throws {AnonError} `usage`, `not_found`, `state_unusable` */
export async function selectProfile(context: Context, options: GlobalOptions): Promise<Selected> {
  const profiles = await context.profiles();
  const { env } = context;
  const named = options.profile ?? (env.ANON_PROFILE || undefined);
  if (named === undefined && ['AUTH0_DOMAIN', ...credentialVariables].some((name) => env[name])) {
    const { checkDomainIsSet, profileOfDomain } = await import('../world/environment-credentials.ts');
    checkDomainIsSet(env);
    const profile = profileOfDomain(env.AUTH0_DOMAIN ?? '', await profiles.list(), await profiles.current());
    return { profile, selection: '', because: 'AUTH0_DOMAIN' };
  }
  const name = named ?? (await profiles.current());
  const profile = await profiles.get(name);
  const selection = options.profile === undefined ? '' : ` --profile ${shellWord(name)}`;
  const because = options.profile !== undefined ? '--profile' : named !== undefined ? 'ANON_PROFILE' : undefined;
  if (profile) return { profile: ofTenant(profile), selection, because };
  const similar = mostSimilar(
    name,
    (await profiles.list()).map((known) => known.name),
  );
  const origin = because === 'ANON_PROFILE' ? ', which ANON_PROFILE names' : '';
  throw new AnonError('not_found', `There is no profile '${name.slice(0, 60)}'${origin}.`, {
    hint: similar ? `Did you mean '${similar}'? See anon-cli profile list` : 'See anon-cli profile list',
  });
}

/** One that lost its domain is not for the embedded tenant, which only `local` is for. */
function ofTenant(profile: Profile): Profile {
  if (profile.domain !== undefined || profile.name === 'local') return profile;
  throw new AnonError(
    'state_unusable',
    `Profile '${profile.name}' names no tenant: it has no domain in profiles.json.`,
    {
      hint: `Give it one: anon-cli login ${shellWord(profile.name)} --domain <domain>`,
    },
  );
}
