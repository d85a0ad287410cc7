import type { GrantHolder } from '../../../domain/api/grant.ts';
import { chooseApp } from '../../../domain/app/choose.ts';
import { editionOf } from '../../../domain/exchange/management.ts';
import type { Context } from '../../context.ts';
import { type Access, namedChoices } from '../../tenant-access.ts';

/** The application whose guests get scopes; undefined where the edition gives them to the guests of all. */
export async function grantHolder(
  context: Context,
  { tenant, profile }: Access,
  options: { readonly app?: string },
): Promise<GrantHolder | undefined> {
  const edition = await editionOf(tenant);
  if (edition.grantsScopes) {
    return chooseApp(tenant, { named: namedChoices(context, options).app, chosen: profile.app });
  }
  if (options.app !== undefined) {
    context.warn(`In edition '${edition.name}' an API's guest scopes are for the guests of every application.`);
  }
  return undefined;
}
