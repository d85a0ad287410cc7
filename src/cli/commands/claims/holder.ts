import type { Command } from 'commander';
import { type ClaimsHolder, chooseClaimsHolder } from '../../../domain/claims/holder.ts';
import { previewToken } from '../../../domain/claims/preview.ts';
import type { ClaimMapping } from '../../../wire/claims-mapping.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { Preview } from '../../render/claims.ts';
import { type Access, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/** What all commands about claims take. */
export interface ClaimsOptions extends GlobalOptions {
  readonly app?: string;
  readonly api?: string;
}

export function addClaimsOptions(command: Command): Command {
  return command
    .option('--app <app>', 'whose tokens carry them: name or client id (edition preview)')
    .option('--api <api>', 'whose tokens carry them: name, audience or id (edition ea)');
}

/** The application or API that is meant; an option that the edition has no use for is told. */
export async function claimsHolder(
  context: Context,
  { tenant, profile }: Access,
  options: ClaimsOptions,
): Promise<ClaimsHolder> {
  const holder = await chooseClaimsHolder(tenant, { named: requestedAppAndApi(context, options), chosen: profile });
  const isApp = holder.heldBy === 'application';
  const [flag, idle, noun] = isApp ? ['--api', options.api, 'an application'] : ['--app', options.app, 'an API'];
  if (idle !== undefined) context.warn(`${flag} is not used: in this tenant's edition claims are mapped for ${noun}.`);
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
