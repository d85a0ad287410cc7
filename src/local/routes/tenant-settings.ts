import { Hono } from 'hono/quick';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { loginLifetimes, minutesMember, tenantSettingsPatch, tenantSettingsPath } from '../../wire/tenant-settings.ts';
import type { TenantScope } from '../scope.ts';
import { oncePerEdition } from '../state/edition.ts';
import { noteLifetime, sessionLifetime } from '../state/lifetimes.ts';
import { fieldPicker } from './listing.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

const patchPayload = oncePerEdition(tenantSettingsPatch);

/** GET and PATCH /api/v2/tenants/settings. */
export function tenantSettingsRoutes({ store }: TenantScope): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();

  app.get(tenantSettingsPath, requireScope('read:tenant_settings'), (c) => {
    const pick = fieldPicker(new URL(c.req.url).searchParams);
    return c.json(pick(c.env.settings));
  });

  app.patch(tenantSettingsPath, requireScope('update:tenant_settings'), async (c) => {
    const payload = await readPayload(c.req.raw, (body) => checkPayload(patchPayload(c.env.edition), body));
    const settings = await store.write(async (writer) => {
      const change = clearedByEmptyText(inHours(payload));
      const before = (await writer.get('tenant', 'settings')) ?? {};
      const next = patched(before, change, { nested: true });
      const { edition } = c.env;
      await noteLifetime(writer, sessionLifetime(edition, before), sessionLifetime(edition, next));
      writer.put('tenant', 'settings', next);
      return next;
    });
    return c.json(settings);
  });

  return app;
}

/** Converts lifetimes in minutes to hours with at most four decimals, as the service does. */
function inHours(change: JsonObject): JsonObject {
  const result = { ...change };
  for (const member of loginLifetimes) {
    const { [minutesMember(member)]: minutes } = result;
    delete result[minutesMember(member)];
    if (typeof minutes === 'number') result[member] = Math.floor((minutes * 10_000) / 60) / 10_000;
  }
  return result;
}

/** An empty string removes `default_redirection_uri`; `default_audience` keeps it. @see management-api, section 2.4 */
function clearedByEmptyText(change: JsonObject): JsonObject {
  return change.default_redirection_uri === '' ? { ...change, default_redirection_uri: null } : change;
}
