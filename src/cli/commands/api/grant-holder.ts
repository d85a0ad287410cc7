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
 * The application whose guests get scopes; undefined if the edition grants them to the guests of every application. It may
 * be disabled: gates are independent.
 * @throws {AnonError} `usage` if several could be meant, or as `chooseApp`
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
    context.warn(`--app is ignored: in edition ${edition.name} guests of every application get an API's guest scopes.`);
  }
  return undefined;
}

async function onlyHolder(tenant: TenantConnection): Promise<GrantHolder> {
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  if (apps.length === 0) {
    throw new AnonError('usage', "Scopes are granted to an application's guests, and the tenant has no application.", {
      hint: `Create one: anon-cli app create web --enable${tenant.selection}`,
    });
  }
  const names = listInWords(truncateList(apps), ({ name }) => shellWord(name));
  throw new AnonError('usage', `No application given, and the tenant has ${apps.length}: ${names}.`, {
    hint: `Choose one: --app <app>. To set a default: anon-cli profile set app <app>${tenant.selection}`,
  });
}
