import { apiOf } from '../../../domain/api/api.ts';
import { likelyApi } from '../../../domain/api/find.ts';
import { type App, appOf } from '../../../domain/app/app.ts';
import { likelyApp } from '../../../domain/app/find.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import type { ServedObjects, StartValues } from '../../../io/embedded/local-server.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';

/**
 * The choice of {@link import('./env.ts').appValues} where nobody names one, from what the tenant has open already: to
 * ask its Management API takes longer than the rest of a start. Undefined where nothing decides it.
 */
export function servedValues(
  { edition: name, clients, resourceServers }: ServedObjects,
  chosen: Pick<Profile, 'app' | 'api'>,
  named: { readonly app?: string | undefined; readonly api?: string | undefined } = {},
): StartValues | undefined {
  const edition = editionNamed(name);
  const apps = clients.filter(({ global }) => global !== true).map((body) => appOf(edition, body));
  const apis = resourceServers.map((body) => apiOf(edition, body)).filter(({ system }) => !system);
  const isNamed = ({ clientId, name: called }: App) => clientId === named.app || called === named.app;
  const namedApp = named.app === undefined ? undefined : apps.find(isNamed);
  const namedApi = named.api === undefined ? undefined : apis.find(({ audience }) => audience === named.api);
  const app =
    namedApp ?? (chosen.app ? apps.find(({ clientId }) => clientId === chosen.app?.clientId) : likelyApp(apps));
  const api = namedApi ?? chosen.api ?? likelyApi(apis);
  if (!app || !api) return undefined;
  return {
    app: { clientId: app.clientId, name: app.name },
    api: { audience: api.audience, name: api.name },
  };
}
