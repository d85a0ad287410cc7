import { type ClaimsHolder, chooseClaimsHolder } from '../../../domain/claims/mapping.ts';
import { previewToken } from '../../../domain/claims/preview.ts';
import type { ClaimMapping } from '../../../wire/claims-mapping.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { Preview } from '../../render/claims.ts';
import { type Access, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

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
export async function preview(
  context: Context,
  { tenant, profile }: Access,
  holder: ClaimsHolder,
  claims: readonly ClaimMapping[],
): Promise<Preview> {
  const sessions = await context.sessions(profile);
  const session = await sessions.get(await sessions.current());
  return previewToken(tenant, holder, claims, session);
}
