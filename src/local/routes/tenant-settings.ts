import { Hono } from 'hono/quick';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { loginLifetimes, minutesMember, tenantSettingsPatch, tenantSettingsPath } from '../../wire/tenant-settings.ts';
import type { TenantContext } from '../context.ts';
import { managementRefusal } from '../http/refusal.ts';
import { editionOf, onceAnEdition } from '../state/edition.ts';
import { fieldPicker } from './listing.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './patching.ts';

const patchPayload = onceAnEdition(tenantSettingsPatch);

/** GET and PATCH /api/v2/tenants/settings. */
export function tenantSettingsRoutes(tenant: TenantContext): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();

  app.get(tenantSettingsPath, requireScope(tenant, 'read:tenant_settings'), (c) => {
    const pick = fieldPicker(new URL(c.req.url).searchParams);
    return c.json(pick(tenant.store.get('tenant', 'settings') ?? {}));
  });

  app.patch(tenantSettingsPath, requireScope(tenant, 'update:tenant_settings'), async (c) => {
    const checked = checkPayload(patchPayload(editionOf(tenant.store)), await readPayload(c.req.raw));
    if (!checked.ok) throw managementRefusal(400, checked.message, 'invalid_body');
    const settings = tenant.store.write((writer) => {
      const change = clearedByEmptyText(inHours(checked.value));
      const next = patched(writer.get('tenant', 'settings') ?? {}, change, { nested: true });
      writer.put('tenant', 'settings', next);
      return next;
    });
    return c.json(settings);
  });

  return app;
}

/** Lifetimes that were sent in minutes, as the service shows them: in hours, with four decimals at most. */
function inHours(change: JsonObject): JsonObject {
  const kept = { ...change };
  for (const member of loginLifetimes) {
    const { [minutesMember(member)]: minutes } = kept;
    delete kept[minutesMember(member)];
    if (typeof minutes === 'number') kept[member] = Math.floor((minutes * 10_000) / 60) / 10_000;
  }
  return kept;
}

/** The one member that an empty text removes. `default_audience` stays, empty. @see management-api, section 2.4 */
function clearedByEmptyText(change: JsonObject): JsonObject {
  return change.default_redirection_uri === '' ? { ...change, default_redirection_uri: null } : change;
}
