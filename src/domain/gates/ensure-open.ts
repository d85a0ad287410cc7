import type { Api } from '../api/api.ts';
import { createApi } from '../api/create.ts';
import { listApis } from '../api/list.ts';
import { setGuestAccess } from '../api/set-guest-access.ts';
import type { App } from '../app/app.ts';
import { createApp } from '../app/create.ts';
import { listApps } from '../app/list.ts';
import { setAppEnabled } from '../app/set-enabled.ts';
import { lifetimeArgument, recommendedLifetimeSeconds } from '../duration.ts';
import type { ChosenApi, ChosenApp, TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';
import { changeTenant, readTenant, type TenantView } from '../tenant/settings.ts';

/** What the quickstart calls its application and its API where it has to make them. */
const sample = {
  app: 'web',
  api: { name: 'shop', audience: 'https://api.shop.example' },
  scopes: ['read:catalog', 'write:cart'],
} as const;

/** A gate that is open now, whether it was before, and the command that does just that. */
export interface Ensured<Subject> {
  readonly subject: Subject;
  readonly changed: boolean;
  readonly commands: readonly string[];
}

/** Gate 1: sessions live 30 days or longer, or as long as somebody decided, and their tokens are sealed. */
export async function ensureTenantReady(tenant: TenantConnection): Promise<Ensured<TenantView>> {
  const before = await readTenant(tenant);
  const longEnough = before.lifetimeSeconds === 0 || before.lifetimeSeconds >= recommendedLifetimeSeconds;
  const lifetimeSeconds = longEnough ? before.lifetimeSeconds : recommendedLifetimeSeconds;
  const ready = longEnough && before.tokenFormat === 'jwe';
  const subject = ready ? before : (await changeTenant(tenant, { lifetimeSeconds, tokenFormat: 'jwe' })).tenant;
  const commands = [`tenant set-lifetime ${lifetimeArgument(lifetimeSeconds)}`, 'tenant set-format jwe'];
  return { subject, changed: !ready, commands: commands.map((command) => command + tenant.selection) };
}

/** Gate 2: the chosen application, or else the sample's, may create anonymous sessions. */
export async function ensureAppOpen(tenant: TenantConnection, chosen: ChosenApp | undefined): Promise<Ensured<App>> {
  const apps = await listApps(tenant);
  const app =
    apps.find(({ clientId }) => clientId === chosen?.clientId) ??
    apps.find(({ name }) => name === sample.app) ??
    apps[0];
  if (!app) {
    const made = await createApp(tenant, { name: sample.app, type: 'spa', enabled: true });
    return { subject: made.app, changed: true, commands: [`app create ${sample.app} --enable${tenant.selection}`] };
  }
  const commands = [`app enable ${shellWord(app.name)}${tenant.selection}`];
  if (app.enabled) return { subject: app, changed: false, commands };
  return { subject: (await setAppEnabled(tenant, app.clientId, true)).app, changed: true, commands };
}

/** Gates 3 and 4: the chosen API, or else the sample's, takes guests; scopes they already have stay. */
export async function ensureApiOpen(tenant: TenantConnection, chosen: ChosenApi | undefined): Promise<Ensured<Api>> {
  const before = await sampleApi(tenant, chosen);
  const open = before.guests.enabled && before.guests.scopes.length > 0;
  const api = open ? before : (await openApi(tenant, before)).api;
  const scopes = api.guests.scopes.join(',');
  return {
    subject: api,
    changed: !open,
    commands: [`api enable ${shellWord(api.name)}${scopes && ` --scopes ${shellWord(scopes)}`}${tenant.selection}`],
  };
}

async function sampleApi(tenant: TenantConnection, chosen: ChosenApi | undefined): Promise<Api> {
  const apis = await listApis(tenant);
  const found =
    apis.find(({ audience }) => audience === chosen?.audience) ??
    apis.find(({ name }) => name === sample.api.name) ??
    apis[0];
  return found ?? (await createApi(tenant, { ...sample.api, scopes: sample.scopes })).api;
}

function openApi(tenant: TenantConnection, api: Api) {
  const defined = api.scopes.map(({ value }) => value);
  const wanted = sample.scopes.filter((scope) => defined.includes(scope));
  const kept = api.guests.scopes.length > 0 ? api.guests.scopes : wanted;
  return setGuestAccess(tenant, api, { enabled: true, scopes: kept.length > 0 ? kept : defined.slice(0, 1) });
}
