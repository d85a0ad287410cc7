import type {
  TenantWorld,
  WorldAction,
  WorldApi,
  WorldApp,
  WorldGuest,
  WorldGuestTokens,
  WorldPath,
  WorldProblem,
  WorldUser,
} from '../../wire/tenant-world.ts';
import { checkDocument } from '../document/check.ts';
import { lostNumbers } from '../document/exact-number.ts';
import type { Document, DocumentNode } from '../document/node.ts';
import { type Problem, problemAt, sortedProblems } from '../document/problem.ts';
import { type DocumentText, readDocument } from '../document/read.ts';
import type { SavedSession, SessionStore } from '../session/saved-session.ts';
import { type WrittenWorldShape, worldSchema } from './schema.ts';

/** A world that a user wrote. */
export interface WrittenWorld {
  /** Of its file. */
  readonly name: string;
  readonly world: TenantWorld;
  /** What it has twice. */
  readonly problems: readonly WorldProblem[];
  /** The problems of a world with their places in its file. */
  placed(problems: readonly WorldProblem[]): readonly Problem[];
}

export type ReadWorld = { readonly written: WrittenWorld } | { readonly problems: readonly Problem[] };

/** Reads the text of a world, in YAML or JSON, with every problem of its form. Paths of Actions stay as they are written. */
export function readWorld(text: DocumentText): ReadWorld {
  const { document, problems } = readDocument(text);
  if (!document) return { problems };
  const { value, problems: found } = checkDocument(document, worldSchema);
  const lost = freeData(document).flatMap(lostNumbers);
  if (!value || problems.length > 0 || lost.length > 0) {
    return { problems: sortedProblems([...problems, ...found, ...lost]) };
  }
  const world = worldOf(value);
  const placed = placing(document);
  return { written: { name: document.name, world, problems: duplicates(world), placed } };
}

/** What may be any JSON. */
function freeData(document: Document): DocumentNode[] {
  const members = { users: ['user-metadata', 'app-metadata'], guests: ['metadata'] };
  return Object.entries(members).flatMap(([part, keys]) => {
    const named = document.nodeAt([part]);
    if (named?.kind !== 'map') return [];
    return [...named.entries.keys()].flatMap((name) =>
      keys.map((key) => document.nodeAt([part, name, key])).filter((node) => node !== undefined),
    );
  });
}

function placing(document: Document): WrittenWorld['placed'] {
  return (problems) =>
    sortedProblems(problems.map(({ path, message, hint }) => problemAt(document.placeOf(path), message, hint)));
}

function worldOf(written: WrittenWorldShape): TenantWorld {
  const { edition, tenant = {}, clock, keys, claims } = written;
  const { lifetime: lifetimeSeconds, format: tokenFormat, cookie } = tenant;
  return {
    edition,
    tenant: { lifetimeSeconds, tokenFormat, cookie },
    clock: clock && clockOf(clock),
    keys: keys && (keys.seed === undefined ? { signing: keys.signing, session: keys.session } : { seed: keys.seed }),
    apps: Object.entries(written.apps ?? {}).map(appOf),
    apis: Object.entries(written.apis ?? {}).map(apiOf),
    claims: claims && Object.entries(claims).map(([name, expression]) => ({ name, expression })),
    users: Object.entries(written.users ?? {}).map(userOf),
    actions: actionsOf(written.actions ?? {}),
    guests: Object.entries(written.guests ?? {}).map((entry) => guestOf(entry, written)),
  };
}

type Defined<Value> = NonNullable<Value>;
type Entry<Name extends 'apps' | 'apis' | 'users' | 'guests'> = [string, Defined<WrittenWorldShape[Name]>[string]];

function clockOf({ 'frozen-at': frozenAtMs, offset = 0 }: Defined<WrittenWorldShape['clock']>): TenantWorld['clock'] {
  return frozenAtMs === undefined ? { offsetSeconds: offset } : { frozenAtMs };
}

function appOf([reference, app]: Entry<'apps'>): WorldApp {
  const { enabled, type, origins, callbacks } = app;
  return {
    ...{ reference, enabled, type, origins, callbacks },
    clientId: app['client-id'],
    clientSecret: app['client-secret'],
    oidcConformant: app['oidc-conformant'],
    logoutUrls: app['logout-urls'],
  };
}

function apiOf([audience, api]: Entry<'apis'>): WorldApi {
  const { name, open, scopes, apps = {} } = api;
  return {
    ...{ audience, name, open, scopes },
    definedScopes: api['defined-scopes'],
    tokenLifetimeSeconds: api['token-lifetime'],
    apps: Object.entries(apps).map(([reference, list]) => ({ reference, scopes: list })),
  };
}

function userOf([email, user]: Entry<'users'>): WorldUser {
  const { password, name, id } = user;
  return {
    ...{ email, password, name, id },
    emailVerified: user['email-verified'],
    userMetadata: user['user-metadata'],
    appMetadata: user['app-metadata'],
  };
}

function actionsOf(written: Defined<WrittenWorldShape['actions']>): WorldAction[] {
  return (['pre-user-registration', 'post-login'] as const).flatMap((trigger) =>
    (written[trigger] ?? []).map(({ file, name = nameOf(file), secrets = {} }) => ({ trigger, name, file, secrets })),
  );
}

/** The name of a file, without folders and its extension. */
function nameOf(file: string): string {
  return (file.split(/[/\\]/).at(-1) ?? file).replace(/(?<=.)\.[^.]+$/, '');
}

function guestOf([name, guest]: Entry<'guests'>, { apps = {}, apis = {} }: WrittenWorldShape): WorldGuest {
  const { id, scopes, metadata = {}, age = 0 } = guest;
  const app = guest.app ?? Object.keys(apps).find((reference) => apps[reference]?.enabled);
  const api = guest.api ?? Object.keys(apis).find((audience) => apis[audience]?.open);
  return { name, app, api, id, scopes, metadata, ageSeconds: age };
}

/** What a world has twice under different keys. */
function duplicates({ users, actions, apps }: TenantWorld): WorldProblem[] {
  const ofTrigger = (trigger: string, index: number) =>
    actions.slice(0, index).filter((action) => action.trigger === trigger).length;
  return [
    ...repeated(users, ({ email }) => ({
      ...{ value: email.toLowerCase(), path: ['users', email] },
      message: 'Another user here has this e-mail address in other letters.',
    })),
    ...repeated(users, ({ email, id }) => ({
      ...{ value: id, path: ['users', email, 'id'] },
      message: 'Another user here has this id.',
    })),
    ...repeated(actions, ({ trigger, name }, index) => ({
      ...{ value: `${trigger}\n${name}`, path: ['actions', trigger, ofTrigger(trigger, index)] },
      message: 'Another Action of this trigger here has the same name.',
      hint: 'Give it a name of its own: name',
    })),
    ...repeated(apps, ({ reference, clientId }) => ({
      ...{ value: clientId, path: ['apps', reference, 'client-id'] },
      message: 'Another application here has this client id.',
    })),
  ];
}

interface Repeatable extends WorldProblem {
  readonly value: string | undefined;
  readonly path: WorldPath;
}

function repeated<Item>(items: readonly Item[], read: (item: Item, index: number) => Repeatable): WorldProblem[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const { value, ...problem } = read(item, index);
    if (value === undefined || !seen.has(value)) {
      if (value !== undefined) seen.add(value);
      return [];
    }
    return [problem];
  });
}

/** The session tokens that are saved under the names of a world's guests, for the same API and with the same scopes. */
export async function savedTokens(
  { guests }: TenantWorld,
  sessions: Pick<SessionStore, 'get'>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, api, scopes } of guests) {
    const session = await sessions.get(name);
    if (!session || session.scope !== scopes?.join(' ') || (api ?? session.audience) !== session.audience) continue;
    found[name] = session.sessionToken;
  }
  return found;
}

/** Saves each guest under their name, in place of a session that has it. */
export async function saveGuests(
  guests: readonly WorldGuestTokens[],
  sessions: Pick<SessionStore, 'exclusively' | 'put'>,
): Promise<void> {
  for (const guest of guests) await sessions.exclusively(guest.name, () => sessions.put(guest.name, sessionOf(guest)));
}

function sessionOf(guest: WorldGuestTokens): SavedSession {
  const { sessionToken, accessToken, clientId, audience, scope, appName, apiName, guestId, metadata } = guest;
  return {
    ...{ sessionToken, accessToken, clientId, audience, scope, appName, apiName, guestId, metadata },
    createdAtMs: guest.createdAt * 1000,
    accessEndsAtMs: guest.accessEndsAt * 1000,
    sessionEndsAtMs: guest.sessionEndsAt === null ? null : guest.sessionEndsAt * 1000,
  };
}
