import { AnonError } from '../../errors.ts';
import { type ClientType, client, clientsPath } from '../../wire/client.ts';
import { editionOf } from '../exchange/management.ts';
import { cannotLook } from '../plan/namesake.ts';
import { type Plan, plannedPost } from '../plan/plan.ts';
import type { TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';
import { type App, appOf } from './app.ts';
import { listApps } from './list.ts';

/** Stands for the client id of an application that is planned and not there yet. */
export const newClientId = '<client_id of the new application>';

/** Single-page and native applications cannot keep a secret, so they are given none to keep. */
const publicTypes: readonly ClientType[] = ['spa', 'native'];

export interface NewApp {
  readonly name: string;
  readonly type: ClientType;
}

/** @throws {AnonError} `usage` when there is an application of just this name */
export async function checkNoNamesake(tenant: TenantConnection, name: string): Promise<void> {
  const namesake = (await listApps(tenant).catch(cannotLook)).find((app) => app.name === name);
  if (!namesake) return;
  throw new AnonError('usage', `There is an application '${namesake.name}' already: ${namesake.clientId}.`, {
    hint: 'To make another of that name: --allow-duplicate',
  });
}

/** Plans a new application, closed to guests unless `enabled`. */
export async function planAppCreation(
  tenant: TenantConnection,
  { name, type, enabled }: NewApp & { readonly enabled: boolean },
): Promise<Plan<App>> {
  const edition = await editionOf(tenant);
  const body = {
    name,
    app_type: type,
    token_endpoint_auth_method: publicTypes.includes(type) ? 'none' : 'client_secret_post',
    oidc_conformant: true,
    ...edition.client.write({ enabled }, {}),
  };
  const post = {
    ...plannedPost({ path: clientsPath, subject: `application ${shellWord(name)}`, answer: client }, body),
    yields: { placeholder: newClientId, member: 'client_id' },
  };
  return {
    writes: [post],
    outcome: (answers) => appOf(edition, answers.to(post) ?? { ...body, client_id: newClientId }),
  };
}
