import { client, clientPath } from '../../wire/client.ts';
import { clientGrant, clientGrantPath, clientGrantsPath, guestSubject } from '../../wire/client-grant.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { resourceServer, resourceServerPath } from '../../wire/resource-server.ts';
import { type JsonObject, noContent, type Schema } from '../../wire/schema.ts';
import { tenantSettings, tenantSettingsPath } from '../../wire/tenant-settings.ts';
import { type PlannedWrite, plannedDelete, plannedPatch, plannedPost } from '../plan/plan.ts';
import { type ConfigObject, subjectOf } from './objects.ts';
import type { FoundObject } from './read-tenant.ts';
import { membersFor, type Values } from './settings.ts';

/** The request that gives an object these settings; undefined when it has them. */
export function writeFor(edition: Edition, { object, body }: FoundObject, set: Values): PlannedWrite | undefined {
  if (Object.keys(set).length === 0) return undefined;
  if (object.kind === 'grant') return grantWrite(edition, object, body, set);
  const current = body ?? {};
  const members = membersFor(edition, object.kind, set, current);
  return plannedPatch({ ...target(object), subject: subjectOf(object) }, current, members);
}

function target(object: Exclude<ConfigObject, { kind: 'grant' }>): { path: string; answer: Schema } {
  if (object.kind === 'tenant') return { path: tenantSettingsPath, answer: tenantSettings };
  return object.kind === 'application'
    ? { path: clientPath(object.clientId), answer: client }
    : { path: resourceServerPath(object.id), answer: resourceServer };
}

function grantWrite(
  edition: Edition,
  object: ConfigObject & { kind: 'grant' },
  body: JsonObject | undefined,
  set: Values,
): PlannedWrite | undefined {
  const subject = subjectOf(object);
  const { clientId: client_id, audience } = object;
  if (!body) {
    if (set.scopes === null) return undefined;
    const members = membersFor(edition, 'grant', set, {});
    const created = { client_id, audience, ...members, subject_type: guestSubject };
    return plannedPost({ path: clientGrantsPath, subject, answer: clientGrant }, created);
  }
  const path = clientGrantPath(String(body.id));
  if (set.scopes === null) return plannedDelete({ path, subject, answer: noContent }, { scope: body.scope });
  return plannedPatch({ path, subject, answer: clientGrant }, body, membersFor(edition, 'grant', set, body));
}
