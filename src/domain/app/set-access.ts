import { AnonError } from '../../errors.ts';
import { client, clientPath } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { changedMembers } from '../plan/difference.ts';
import { type Plan, planned, plannedPatch } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import { type App, appOf } from './app.ts';
import { addedMembers, readUrls } from './urls.ts';

interface AccessChange {
  readonly enabled: boolean;
  readonly oidcConformant?: boolean | undefined;
  readonly origins?: readonly string[] | undefined;
}

/**
 * Plans to open or close the second gate: whether an application may create guest sessions. `oidcConformant` also turns
 * OIDC conformance on or off; some editions require that of an enabled application. `origins` are allowed too; existing ones
 * stay.
 * @throws {AnonError} `failed` when the edition requires it, and the application is not and does not become conformant
 */
export async function planAppAccess(
  tenant: TenantConnection,
  app: App,
  { enabled, oidcConformant, origins = [] }: AccessChange,
): Promise<Plan<App>> {
  const edition = await editionOf(tenant);
  if (enabled && oidcConformant !== true) checkConformance(tenant, edition, app);
  const body = origins.length === 0 ? app.body : { ...app.body, ...(await readUrls(tenant, app)) };
  const members = {
    ...(oidcConformant === enabled && { oidc_conformant: enabled }),
    ...edition.client.write(changedMembers(edition.client.read(app.body), { enabled }), app.body),
    ...addedMembers({ name: app.name, body }, 'origins', origins),
  };
  const write = { path: clientPath(app.clientId), subject: `application ${shellWord(app.name)}`, answer: client };
  const patch = plannedPatch(write, body, members);
  return { writes: planned(patch), outcome: (answers) => appOf(edition, answers.to(patch) ?? body) };
}

/** Whether the application is not OIDC-conformant although its edition requires that for anonymous sessions. */
export function lacksConformance(edition: Edition, app: Pick<App, 'oidcConformant'>): boolean {
  return edition.needsOidcConformance && !app.oidcConformant;
}

function checkConformance({ selection }: TenantConnection, edition: Edition, app: App): void {
  if (!lacksConformance(edition, app)) return;
  throw new AnonError('failed', `Application '${app.name}' is not OIDC-conformant, which guest sessions require.`, {
    hint: `Conformance changes how the application signs users in. To enable both: anon-cli app enable ${shellWord(app.name)} --oidc-conformant${selection}`,
  });
}
