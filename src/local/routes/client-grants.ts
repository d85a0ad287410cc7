import { Hono } from 'hono/quick';
import {
  clientGrantCreate,
  clientGrantPatch,
  clientGrantsPath,
  subjectOf,
  subjectTypes,
} from '../../wire/client-grant.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { checkGrant, checkNoDuplicate, findGrantedClient, findGrantedServer } from '../clients/grants.ts';
import type { TenantContext } from '../context.ts';
import { managementRefusal } from '../http/refusal.ts';
import { randomName } from '../random.ts';
import type { StoreReader } from '../store/store.ts';
import { booleanFilter, choiceFilter, listing } from './listing.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

/** /api/v2/client-grants: list, read, create, patch, delete. @see management-api, sections 2.1 to 2.5 */
export function clientGrantRoutes(tenant: TenantContext): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${clientGrantsPath}/:id`;

  app.get(clientGrantsPath, requireScope(tenant, 'read:client_grants'), (c) => {
    const url = new URL(c.req.url);
    const grants = tenant.store.list('client_grant').filter(grantFilter(url.searchParams));
    return c.json(listing(url, 'client_grants', grants));
  });

  app.post(clientGrantsPath, requireScope(tenant, 'create:client_grants'), async (c) => {
    const payload = await readPayload(c.req.raw, (body) => checkPayload(clientGrantCreate, body));
    const asked = patched({}, payload, { nested: false });
    const grant = tenant.store.write((writer) => {
      const server = findGrantedServer(writer, asked.audience);
      const made = withScope({
        id: `cgr_${randomName(tenant.random, 16)}`,
        ...asked,
        client_id: findGrantedClient(writer, asked.client_id).client_id,
        audience: server.identifier,
        subject_type: subjectOf(asked),
      });
      checkGrant(writer, { grant: made, change: asked, server });
      checkNoDuplicate(writer, made);
      writer.put('client_grant', made.id, made);
      return made;
    });
    return c.json(grant, 201);
  });

  app.get(onePath, requireScope(tenant, 'read:client_grants'), (c) => c.json(find(tenant.store, c.req.param('id'))));

  app.patch(onePath, requireScope(tenant, 'update:client_grants'), async (c) => {
    const payload = await readPayload(c.req.raw, (body) => checkPayload(clientGrantPatch, body));
    const grant = tenant.store.write((writer) => {
      const before = find(writer, c.req.param('id'));
      checkOwn(before);
      const next = withScope(patched(before, payload, { nested: false }));
      const server = findGrantedServer(writer, before.audience);
      checkGrant(writer, { grant: next, change: payload, server });
      writer.put('client_grant', String(before.id), next);
      return next;
    });
    return c.json(grant);
  });

  // Assumed: deleting an unknown id succeeds too.
  app.delete(onePath, requireScope(tenant, 'delete:client_grants'), (c) => {
    const id = c.req.param('id');
    tenant.store.write((writer) => {
      const grant = writer.get('client_grant', id);
      if (grant) checkOwn(grant);
      writer.remove('client_grant', id);
    });
    return c.body(null, 204);
  });

  return app;
}

/** A grant for all scopes has no `scope` member; any other has a list, which may be empty. */
function withScope<Grant extends JsonObject>(grant: Grant): Grant {
  const { scope, ...others } = grant;
  if (grant.allow_all_scopes === true) return others as Grant;
  return { ...grant, scope: scope ?? [] };
}

function grantFilter(query: URLSearchParams): (grant: JsonObject) => boolean {
  const clientId = query.get('client_id');
  const audience = query.get('audience');
  const subject = choiceFilter(query, 'subject_type', subjectTypes);
  const defaultFor = query.get('default_for');
  const anyOrganization = booleanFilter(query, 'allow_any_organization');
  return (grant) =>
    (clientId === null || grant.client_id === clientId) &&
    (audience === null || grant.audience === audience) &&
    (defaultFor === null || grant.default_for === defaultFor) &&
    (subject === undefined || subjectOf(grant) === subject) &&
    (anyOrganization === undefined || (grant.allow_any_organization === true) === anyOrganization);
}

/** Without this grant the tool could no longer configure the tenant. */
function checkOwn(grant: JsonObject): void {
  if (grant.is_system === true) throw managementRefusal(400, 'System client grants cannot be changed or deleted.');
}

function find(store: StoreReader, id: string): JsonObject {
  const grant = store.get('client_grant', id);
  if (grant === undefined) throw managementRefusal(404, 'The grant does not exist.', 'inexistent_client_grant');
  return grant;
}
