import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { memoryDatabase } from '../../../src/local/store/memory.ts';
import type { Kind } from '../../../src/local/store/store.ts';
import { createTenant, type Tenant } from '../../../src/local/tenant.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { freshMachine, type Machine, type Ran } from '../command.ts';
import { copyFolder } from '../folder.ts';
import { openTenant, sequenceOfBytes, type TestTenant, testKeys } from '../local.ts';
import type { HostileAnswer } from './answers.ts';
import { appSecret, type HostileCommand, metadataValues } from './commands.ts';
import type { HostileTenant } from './tenant.ts';

/** The situation before every command: a user has logged in to a tenant while it behaved, and has saved a guest. */
export interface Scene {
  readonly edition: EditionName;
  readonly tenant: HostileTenant;
  /** The contents of the machine's folders. */
  readonly folder: string;
  readonly documents: readonly (readonly [kind: Kind, id: string, document: JsonObject])[];
  /** Secrets that no output may contain. */
  readonly secrets: readonly string[];
  /** The credentials that may configure the tenant. */
  readonly client: { readonly clientId: string; readonly clientSecret: string };
}

/** A genuine response. */
export const asItShouldBe: HostileAnswer = {
  ...{ number: -1, place: 'every request', status: 'the right one', head: 'as they should be' },
  ...{ body: 'as it should be', delivery: 'whole' },
};

export async function sceneOf(edition: EditionName, tenant: HostileTenant): Promise<Scene> {
  const behind = await openTenant({ edition, domain: new URL(tenant.url).host });
  await addApplications(behind);
  const machine = await freshMachine({ seeded: false });
  const { client_id: clientId, client_secret: clientSecret } = behind.admin;
  const basic = Buffer.from(`client-desk:${appSecret}`).toString('base64');
  const scene = {
    ...{ edition, tenant, folder: machine.folder, documents: await documentsOf(behind) },
    ...{ client: { clientId, clientSecret }, secrets: [clientSecret, basic] },
  };
  meet(scene, machine, asItShouldBe);
  machine.terminal.stdin = clientSecret;
  const credentials = ['--client-id', clientId, '--client-secret', '-'];
  await machine.done('login', 'remote', '--no-check', '--domain', tenant.url, ...credentials);
  machine.terminal.stdin = undefined;
  await machine.done('profile', 'set', 'app', 'server');
  await machine.done('profile', 'set', 'api', 'shop');
  await machine.done('token', 'create', '--meta', `note=${metadataValues[0]}`);
  // Expires the saved keys, so that they are fetched again.
  rmSync(join(machine.folder, 'data', 'keys'), { recursive: true, force: true });
  return scene;
}

/** The result of a command in a scene. */
export interface Outcome extends Ran {
  readonly requests: HostileTenant['requests'];
  readonly tookMs: number;
  /** The total of its waits, in milliseconds. */
  readonly waitedMs: number;
}

/** Real time after which a running command gets Ctrl-C, in milliseconds. */
const mostMs = 15_000;

/** Runs one command on a new machine against a tenant with this response. @throws when it prints a secret */
export async function played(
  scene: Scene,
  answer: HostileAnswer,
  command: HostileCommand,
  json: boolean,
): Promise<Outcome> {
  const machine = await freshMachine({ seeded: false });
  for (const part of ['config', 'data']) copyFolder(join(scene.folder, part), join(machine.folder, part));
  // On every other machine a few minutes have passed since the last command.
  if (answer.number % 3 > 0) forgetManagementToken(join(machine.folder, 'data', 'credentials'));
  for (const secret of scene.secrets) machine.keepSecret(secret);
  machine.terminal.stdin = command.stdin;
  meet(scene, machine, answer, command.endless && 8);
  // The saved session was created a minute ago.
  machine.clock.forward(60);
  const startedAt = performance.now();
  const fuse = setTimeout(() => machine.interrupt(), mostMs);
  const ran = await machine.run(...command.argv, ...(json ? ['--json'] : [])).finally(() => clearTimeout(fuse));
  return Object.assign(ran, {
    requests: scene.tenant.requests,
    tookMs: performance.now() - startedAt,
    waitedMs: machine.clock.waits.reduce((sum, ms) => sum + ms, 0),
  });
}

function forgetManagementToken(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith('management-token')) rmSync(join(folder, name));
}

/** From now on the tenant sends this response, and what it issues is secret. Ctrl-C follows after `most` requests. */
function meet(scene: Scene, machine: Machine, answer: HostileAnswer, most = Number.POSITIVE_INFINITY): void {
  const { tenant } = scene;
  tenant.meet({
    answer,
    handle: behaving(scene, () => machine.clock.now()),
    onRequest(_, genuine) {
      for (const [, secret = ''] of genuine.text.matchAll(secretMember)) machine.keepSecret(partOf(secret));
      // Each request takes a second, so that endless responses cannot run forever.
      machine.clock.forward(1);
      if (tenant.requests.length >= most) machine.interrupt();
    },
  });
}

/** A well-behaved tenant in its state before the command. */
export function behaving({ tenant, documents, edition }: Scene, clock: () => number): Tenant['handle'] {
  const store = cachedStore(memoryDatabase(documents.map(([kind, id, document]) => ({ kind, id, document }))));
  const domain = new URL(tenant.url).host;
  const keys = async () => testKeys;
  return createTenant({ store, clock, domain, edition, random: sequenceOfBytes(), keys }).handle;
}

const secretMember = /"(?:session_token|access_token|anon_transfer_token|client_secret)":"([^"]{20,})"/g;

/** The part of a token after its header, which other tokens share. */
function partOf(secret: string): string {
  return secret.split('.').at(-1) || secret;
}

async function documentsOf({ store }: TestTenant): Promise<Scene['documents']> {
  const kinds: readonly Kind[] = ['tenant', 'key', 'client', 'resource_server', 'client_grant', 'client_credential'];
  const lists = await Promise.all(kinds.map((kind) => store.list(kind)));
  return kinds.flatMap((kind, index) => (lists[index] ?? []).map((one) => [kind, idOf(kind, one), one] as const));
}

function idOf(kind: Kind, document: JsonObject): string {
  if (kind === 'tenant') return 'fingerprint' in document ? 'upgrade' : 'settings';
  if (kind === 'key') return 'current';
  return String(document.client_id && kind === 'client' ? document.client_id : document.id);
}

/** Adds two confidential applications with different authentication methods, a closed application and a closed API. */
async function addApplications(tenant: TestTenant): Promise<void> {
  const { store, app, api } = tenant;
  const add = async (name: string, members: JsonObject) => {
    const id = `client-${name}`;
    await store.write(async (writer) =>
      writer.put('client', id, { ...(await writer.get('client', app.client_id)), name, client_id: id, ...members }),
    );
    await tenant.grantGuests(id);
  };
  await add('server', {
    client_secret: appSecret,
    token_endpoint_auth_method: 'client_secret_post',
    app_type: 'regular_web',
  });
  await add('desk', {
    client_secret: appSecret,
    token_endpoint_auth_method: 'client_secret_basic',
    app_type: 'regular_web',
  });
  await add('closed', {
    can_create_anonymous_sessions: false,
    anonymous_sessions: { active: false },
    oidc_conformant: false,
  });
  await store.write(async (writer) => {
    const news = { id: 'api-news', name: 'news', identifier: 'urn:news', scopes: [{ value: 'read:news' }] };
    const { allow_anonymous_access, anonymous_access_scopes, subject_type_authorization, ...closed } =
      (await writer.get('resource_server', api.id)) ?? {};
    writer.put('resource_server', news.id, { ...closed, ...news });
  });
}
