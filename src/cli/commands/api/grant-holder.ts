import type { GrantHolder } from '../../../domain/api/grant.ts';
import { chooseApp, likelyApp } from '../../../domain/app/find.ts';
import { listApps } from '../../../domain/app/read.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { editionOf } from '../../../domain/exchange/management/request.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { listInWords, truncateList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import { type Access, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/**
 * The application whose guests get scopes; undefined where the edition gives them to the guests of all. It need not be
 * enabled: each gate is opened by itself.
 * @throws {AnonError} `usage` where that cannot be told, or as `chooseApp`
 */
export async function grantHolder(
  context: Context,
  { tenant, profile }: Access,
  options: { readonly app?: string },
): Promise<GrantHolder | undefined> {
  const edition = await editionOf(tenant);
  if (edition.grantsScopes) {
    const choice = { named: requestedAppAndApi(context, options).app, chosen: profile.app };
    return choice.named !== undefined || choice.chosen ? chooseApp(tenant, choice) : onlyHolder(tenant);
  }
  if (options.app !== undefined) {
    context.warn(`In edition '${edition.name}' an API's guest scopes are for the guests of every application.`);
  }
  return undefined;
}

async function onlyHolder(tenant: TenantConnection): Promise<GrantHolder> {
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  if (apps.length === 0) {
    throw new AnonError('usage', 'The tenant has no application whose guests could get scopes.', {
      hint: `Create one: anon-cli app create web --enable${tenant.selection}`,
    });
  }
  const names = listInWords(truncateList(apps), ({ name }) => shellWord(name));
  throw new AnonError('usage', `Whose guests get the scopes? There are ${apps.length} applications: ${names}.`, {
    hint: `Name one: --app <app>, or for good: anon-cli profile set app <app>${tenant.selection}`,
  });
}
