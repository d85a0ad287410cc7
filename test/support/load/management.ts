import type { Answer, Request } from './client.ts';
import { absent, type History } from './history.ts';
import {
  apisPath,
  type Body,
  clientsPath,
  grantsPath,
  loadedValue,
  loadName,
  type Part,
  partOf,
  settingsPath,
} from './state.ts';

/** What the scripts of the load use. */
export interface Scripts {
  /** Sends a request with the Management API's token to the next instance. */
  manage(request: Omit<Request, 'token'>): Promise<Answer | undefined>;
  history(part: string): History;
  /** Notes that a write was answered with success. */
  wrote(): void;
  /** Notes what nobody should see. */
  problem(line: string): void;
}

/** An object that was sent. It has a path where the answer told its id. */
interface Sent {
  readonly path: string | undefined;
  readonly id: string | undefined;
  readonly history: History;
  readonly part: (body: Body) => Part;
}

/**
 * Creates an application and an API with a grant, changes all three, and deletes one of them or none: with an application
 * or an API its grant goes too. Reads what was answered with success on the next instance, where it must be true.
 */
export async function useObjects(scripts: Scripts, number: number): Promise<void> {
  const [name, audience] = [loadName(number), loadName(number)];
  const scopes = [{ value: 'read' }, { value: 'write' }];
  const app = await create(scripts, clientsPath, partOf.client, { name, description: 'new' });
  const json = { name, identifier: audience, token_lifetime: 60, scopes };
  const api = await create(scripts, apisPath, partOf.api, json);
  if (!app.id || !api.id) return;
  const grant = await create(scripts, grantsPath, partOf.grant, { client_id: app.id, audience, scope: ['read'] });
  await change(scripts, app, { description: 'changed' }, 'changed');
  await change(scripts, api, { token_lifetime: 120 }, '120');
  await change(scripts, grant, { scope: ['read', 'write'] }, 'read write');
  await change(scripts, app, { description: 'changed again' }, 'changed again');
  const removed = [app, api, grant][number % 4];
  if (removed) await remove(scripts, removed, [removed.history, grant.history]);
}

/** Changes one setting, beside which somebody else changes another one of the same document, and reads it before: it must be as saved. */
export async function changeSetting(scripts: Scripts, member: string, name: string): Promise<void> {
  const { manage, history, wrote, problem } = scripts;
  const setting = history(partOf.setting(member, {}).name);
  const read = await manage({ method: 'GET', path: settingsPath, expects: [200] });
  const before = read?.status === 200 ? loadedValue(read.body[member]) : undefined;
  if (before !== undefined && !setting.allows(before)) problem(`${member} before a write: ${before}, not ${setting}`);
  const value = loadName(name);
  setting.sent(value);
  const answer = await manage({ method: 'PATCH', path: settingsPath, json: { [member]: value }, expects: [200] });
  if (answer?.status !== 200) return;
  setting.saved(value);
  wrote();
}

async function create(scripts: Scripts, path: string, part: Sent['part'], json: Body): Promise<Sent> {
  const { name, value } = part(json);
  const history = scripts.history(name);
  history.sent(value);
  const answer = await scripts.manage({ method: 'POST', path, json, expects: [201] });
  if (answer?.status !== 201) return { path: undefined, id: undefined, history, part };
  history.saved(value);
  scripts.wrote();
  const id: string = path === clientsPath ? answer.body.client_id : answer.body.id;
  const sent = { path: `${path}/${id}`, id, history, part };
  await look(scripts, sent);
  return sent;
}

async function change(scripts: Scripts, sent: Sent, json: object, value: string): Promise<void> {
  if (!sent.path) return;
  sent.history.sent(value);
  const answer = await scripts.manage({ method: 'PATCH', path: sent.path, json, expects: [200] });
  if (answer?.status !== 200) return;
  sent.history.saved(value);
  scripts.wrote();
  await look(scripts, sent);
}

/** @param gone the histories of all objects that the deletion removes */
async function remove(scripts: Scripts, sent: Sent, gone: readonly History[]): Promise<void> {
  if (!sent.path) return;
  for (const history of gone) history.sent(absent);
  const answer = await scripts.manage({ method: 'DELETE', path: sent.path, expects: [204] });
  if (answer?.status !== 204) return;
  for (const history of gone) history.saved(absent);
  scripts.wrote();
  await look(scripts, sent);
}

async function look({ manage, problem }: Scripts, { path = '', history, part }: Sent): Promise<void> {
  const answer = await manage({ method: 'GET', path, expects: [200, 404] });
  if (answer?.status !== 200 && answer?.status !== 404) return;
  const seen = answer.status === 404 ? absent : part(answer.body).value;
  if (!history.allows(seen)) problem(`GET ${path} after a write: ${seen}, not ${history}`);
}
