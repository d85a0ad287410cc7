import { AnonError } from '../../errors.ts';
import type { GrantHolder } from '../api/grant.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { shellWord } from '../shell-word.ts';
import { listInWords, truncateList } from '../truncate.ts';
import { type Choice, chooseApp, likelyApp } from './find.ts';
import { listApps } from './read.ts';

/**
 * The application whose guests get scopes: the one named, or the profile's, or the likely one. It may be disabled: gates are
 * independent. Undefined if the edition grants scopes to the guests of every application.
 * @throws {AnonError} `usage` if several could be meant, or as `chooseApp`
 */
export async function chooseGrantHolder(tenant: TenantConnection, choice: Choice): Promise<GrantHolder | undefined> {
  if (!(await editionOf(tenant)).grantsScopes) return undefined;
  if (choice.named !== undefined || choice.chosen) return chooseApp(tenant, choice);
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  if (apps.length === 0) {
    throw new AnonError('usage', 'The tenant has no application, and scopes are granted to the guests of one.', {
      hint: `Create one: anon-cli app create web --enable${tenant.selection}`,
    });
  }
  const names = listInWords(truncateList(apps), ({ name }) => shellWord(name));
  throw new AnonError('usage', `No application given, and the tenant has ${apps.length}: ${names}.`, {
    hint: `Choose whose guests get the scopes: --app <app>, or set a default: anon-cli profile set app <app>${tenant.selection}`,
  });
}
