import type { GrantHolder } from '../../domain/api/grant.ts';
import { chooseGrantHolder } from '../../domain/app/find.ts';
import { type ClaimsHolder, chooseClaimsHolder } from '../../domain/claims/mapping.ts';
import { previewToken } from '../../domain/claims/preview.ts';
import { editionOf } from '../../domain/exchange/management/request.ts';
import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { OptionValues } from '../options/definition.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Preview } from '../render/claims.ts';
import type { Context } from '../world/context.ts';
import { type Access, requestedAppAndApi } from './access.ts';

/** The application whose guests get scopes, as {@link chooseGrantHolder}. Warns of `--app` where it has no effect. */
export async function grantHolder(
  context: Context,
  { tenant, profile }: Access,
  options: { readonly app?: string },
): Promise<GrantHolder | undefined> {
  const { app: named } = requestedAppAndApi(context, options);
  const holder = await chooseGrantHolder(tenant, { named, chosen: profile.app });
  if (!holder && options.app !== undefined) {
    const { name } = await editionOf(tenant);
    context.warn(`--app is ignored: in edition ${name} guests of every application get an API's guest scopes.`);
  }
  return holder;
}

/** The options of every `claims` command. */
export const claimsOptions = {
  '--app <app>': 'the application whose tokens carry the claims: name or client id (edition preview)',
  '--api <api>': 'the API whose tokens carry the claims: name, audience or id (edition ea)',
} as const;

export type ClaimsOptions = GlobalOptions & OptionValues<typeof claimsOptions>;

/** The application or API whose mapping is meant. Warns of an option that the edition does not use. */
export async function claimsHolder(
  context: Context,
  { tenant, profile }: Access,
  options: ClaimsOptions,
): Promise<ClaimsHolder> {
  const holder = await chooseClaimsHolder(tenant, { named: requestedAppAndApi(context, options), chosen: profile });
  const isApp = holder.heldBy === 'application';
  const [flag, unused, noun] = isApp ? ['--api', options.api, 'applications'] : ['--app', options.app, 'APIs'];
  if (unused !== undefined) context.warn(`${flag} is ignored: in this tenant's edition claims are mapped for ${noun}.`);
  return holder;
}

/** The next access token of the profile's current session, if `holder` maps `claims`. */
export async function previewNextToken(
  context: Context,
  { tenant, profile }: Access,
  holder: ClaimsHolder,
  claims: readonly ClaimMapping[],
): Promise<Preview> {
  const sessions = await context.sessions(profile);
  return previewToken(tenant, holder, claims, await sessions.get(await sessions.current()));
}
