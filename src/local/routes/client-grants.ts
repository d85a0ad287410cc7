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
import { managementRefusal } from '../http/refusal.ts';
import { randomName } from '../random.ts';
import type { TenantScope } from '../scope.ts';
import type { StoreReader, Where } from '../store/store.ts';
import { booleanFilter, choiceFilter, listing, type Selection } from './listing.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

/** /api/v2/client-grants: list, read, create, patch, delete. @see management-api, sections 2.1 to 2.5 */
export function clientGrantRoutes({ store, random }: TenantScope): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${clientGrantsPath}/:id`;

  app.get(clientGrantsPath, requireScope('read:client_grants'), async (c) => {
    const url = new URL(c.req.url);
    return c.json(await listing(store, url, 'client_grants', grantSelection(url.searchParams)));
  });

  app.post(clientGrantsPath, requireScope('create:client_grants'), async (c) => {
    const payload = await readPayload(c.req.raw, (body) => checkPayload(clientGrantCreate, body));
    const asked = patched({}, payload, { nested: false });
    const grant = await store.write(async (writer) => {
      const server = await findGrantedServer(writer, asked.audience);
      const made = withScope({
        id: `cgr_${randomName(random, 16)}`,
        ...asked,
        client_id: (await findGrantedClient(writer, asked.client_id)).client_id,
        audience: server.identifier,
        subject_type: subjectOf(asked),
      });
      checkGrant(c.env.edition, { grant: made, change: asked, server });
      await checkNoDuplicate(writer, made);
      writer.put('client_grant', made.id, made);
      return made;
    });
    return c.json(grant, 201);
  });

  app.get(onePath, requireScope('read:client_grants'), async (c) => c.json(await find(store, c.req.param('id'))));

  app.patch(onePath, requireScope('update:client_grants'), async (c) => {
    const payload = await readPayload(c.req.raw, (body) => checkPayload(clientGrantPatch, body));
    const grant = await store.write(async (writer) => {
      const before = await find(writer, c.req.param('id'));
      checkOwn(before);
      const next = withScope(patched(before, payload, { nested: false }));
      const server = await findGrantedServer(writer, before.audience);
      checkGrant(c.env.edition, { grant: next, change: payload, server });
      writer.put('client_grant', String(before.id), next);
      return next;
    });
    return c.json(grant);
  });

  // Assumed: deleting an unknown id succeeds too.
  app.delete(onePath, requireScope('delete:client_grants'), async (c) => {
    const id = c.req.param('id');
    await store.write(async (writer) => {
      const grant = await writer.get('client_grant', id);
      if (!grant) return;
      checkOwn(grant);
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

function grantSelection(query: URLSearchParams): Selection {
  const clientId = query.get('client_id');
  const audience = query.get('audience');
  const subject = choiceFilter(query, 'subject_type', subjectTypes);
  const defaultFor = query.get('default_for');
  const anyOrganization = booleanFilter(query, 'allow_any_organization');
  const filter = (grant: JsonObject) =>
    (clientId === null || grant.client_id === clientId) &&
    (audience === null || grant.audience === audience) &&
    (defaultFor === null || grant.default_for === defaultFor) &&
    (subject === undefined || subjectOf(grant) === subject) &&
    (anyOrganization === undefined || (grant.allow_any_organization === true) === anyOrganization);
  const where = indexed('client_id', clientId) ?? indexed('audience', audience);
  const given = [clientId, audience, subject, defaultFor, anyOrganization].filter((value) => value != null);
  return { kind: 'client_grant', where, filter: given.length > (where ? 1 : 0) ? filter : undefined };
}

function indexed(lookup: string, value: string | null): Where | undefined {
  return value === null ? undefined : { lookup, value };
}

/** Without this grant the tool could no longer configure the tenant. */
function checkOwn(grant: JsonObject): void {
  if (grant.is_system === true) throw managementRefusal(400, 'System client grants cannot be changed or deleted.');
}

async function find(store: StoreReader, id: string): Promise<JsonObject> {
  const grant = await store.get('client_grant', id);
  if (grant === undefined) throw managementRefusal(404, 'The grant does not exist.', 'inexistent_client_grant');
  return grant;
}
