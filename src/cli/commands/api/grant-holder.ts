import type { GrantHolder } from '../../../domain/api/grant.ts';
import { chooseApp } from '../../../domain/app/choose.ts';
import { editionOf } from '../../../domain/exchange/management.ts';
import type { Context } from '../../context.ts';
import type { Access } from '../../tenant-access.ts';

/** The application whose guests get scopes; undefined where the edition gives them to the guests of all. */
export async function grantHolder(
  context: Pick<Context, 'warn'>,
  { tenant, profile }: Access,
  named: string | undefined,
): Promise<GrantHolder | undefined> {
  const edition = await editionOf(tenant);
  if (edition.grantsScopes) return chooseApp(tenant, { named, chosen: profile.app });
  if (named !== undefined) {
    context.warn(`In edition '${edition.name}' an API's guest scopes are for the guests of every application.`);
  }
  return undefined;
}
