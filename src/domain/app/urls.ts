import { AnonError } from '../../errors.ts';
import { coversOrigin } from '../../wire/allowed-origin.ts';
import {
  type ClientBody,
  type ClientUrlMember,
  client,
  clientPath,
  clientUrlLimits,
  clientUrlMembers,
  clientUrlsPath,
} from '../../wire/client.ts';
import { mostSimilar } from '../did-you-mean.ts';
import { isOnThisMachine, type TenantConnection } from '../exchange/connection.ts';
import { editionOf, managementRequest } from '../exchange/management/request.ts';
import { type Plan, planned, plannedPatch } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import { pageOrigin, urlsIn } from './allowed-origins.ts';
import { type App, appOf } from './app.ts';
import { comparable, originOf } from './origin.ts';
import { parseOrigin, parseRedirectUrl, withoutPassword } from './parse-url.ts';

/** The lists of URLs that an application has, by the words of commands. */
export const urlListNames = ['origins', 'callbacks', 'logout-urls'] as const;
export type UrlListName = (typeof urlListNames)[number];

interface UrlList {
  /** `callback` */
  readonly noun: string;
  /** Where URLs are added. */
  readonly member: ClientUrlMember;
  /** Where they are removed. */
  readonly members: readonly ClientUrlMember[];
  parse(tenant: TenantConnection, text: string): string;
  /** What two texts for the same URL have in common. */
  keyOf(text: string): string;
}

/**
 * The service reads the origins of calls for guests from `web_origins`, `allowed_origins` and the callbacks. They are added
 * to the first, which silent logins need too, and removed from the first two.
 * @see wire contract, section 4
 */
const lists: Readonly<Record<UrlListName, UrlList>> = {
  origins: {
    noun: 'origin',
    member: 'web_origins',
    members: ['web_origins', 'allowed_origins'],
    // The local tenant accepts more wildcards than the service.
    parse: (tenant, text) => parseOrigin(text, { anyPort: isOnThisMachine(tenant) }),
    keyOf: (text) => originOf(text) ?? text,
  },
  callbacks: {
    noun: 'callback',
    member: 'callbacks',
    members: ['callbacks'],
    parse: (_, text) => parseRedirectUrl(text, { noun: 'callback', fragments: false }),
    keyOf: comparable,
  },
  'logout-urls': {
    noun: 'logout URL',
    member: 'allowed_logout_urls',
    members: ['allowed_logout_urls'],
    parse: (_, text) => parseRedirectUrl(text, { noun: 'logout URL', fragments: true }),
    keyOf: comparable,
  },
};

/** `callback`, for messages. */
export function urlNoun(list: UrlListName): string {
  return lists[list].noun;
}

/** Where the tenant has a list, and where URLs are added to it. */
export function memberOf(list: UrlListName): ClientUrlMember {
  return lists[list].member;
}

/** The URLs that can be removed from a list. */
export function removableUrls(app: Pick<App, 'body'>, list: UrlListName): string[] {
  return lists[list].members.flatMap((member) => urlsIn(app, member));
}

export interface UrlChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/**
 * Plans to add URLs to a list of an application, or to remove some; all others stay. The list is read again, whatever the
 * application was found by, because credentials that may not read it get an application without it.
 * @throws {AnonError} `usage` for a URL that the service would refuse, or more than it accepts; `not_found` for one to remove
 */
export async function planUrlChange(
  tenant: TenantConnection,
  app: App,
  list: UrlListName,
  { add = [], remove = [] }: UrlChange,
): Promise<Plan<App>> {
  const added = add.map((text) => lists[list].parse(tenant, text));
  const body = { ...app.body, ...(await readUrls(tenant, app)) };
  const current = { ...app, body };
  for (const text of remove) checkListed(tenant, current, list, text);
  const members = {
    ...(added.length > 0 && addedMembers(current, list, added)),
    ...(remove.length > 0 && remainingMembers(current, list, remove)),
  };
  const write = { path: clientPath(app.clientId), subject: `application ${shellWord(app.name)}`, answer: client };
  const patch = plannedPatch(write, body, members);
  const edition = await editionOf(tenant);
  return { writes: planned(patch), outcome: (answers) => appOf(edition, answers.to(patch) ?? body) };
}

/** All URLs of an application. @throws {AnonError} `not_authorised` for credentials that may not read them */
export async function readUrls(
  tenant: TenantConnection,
  { clientId }: App,
): Promise<Pick<ClientBody, ClientUrlMember>> {
  const shown = await managementRequest(tenant, client, { method: 'GET', path: clientUrlsPath(clientId) });
  return Object.fromEntries(clientUrlMembers.map((member) => [member, shown[member]]));
}

/** @throws {AnonError} `usage` */
export function checkUrls(tenant: TenantConnection, list: UrlListName, texts: readonly string[]): void {
  for (const text of texts) lists[list].parse(tenant, text);
}

/** The member to send so that a list also has `added`, each once. @throws {AnonError} `usage` */
export function addedMembers(
  app: Pick<App, 'body' | 'name'>,
  list: UrlListName,
  added: readonly string[],
): Partial<Record<ClientUrlMember, readonly string[]>> {
  const { member, keyOf, noun } = lists[list];
  const before = urlsIn(app, member);
  const keys = new Set(before.map(keyOf));
  const next = [...before];
  for (const url of added) {
    if (keys.has(keyOf(url))) continue;
    keys.add(keyOf(url));
    next.push(url);
  }
  const limit = clientUrlLimits[member];
  if (limit !== undefined && next.length > limit && next.length > before.length) {
    throw new AnonError('usage', `'${app.name}' would have ${next.length} ${noun}s; the maximum is ${limit}.`, {
      hint: `Remove some first: anon-cli app ${list} remove ${shellWord(app.name)} <${list === 'origins' ? 'origin' : 'url'}>`,
    });
  }
  return next.length === before.length ? {} : { [member]: next };
}

function remainingMembers(
  app: App,
  list: UrlListName,
  remove: readonly string[],
): Partial<Record<ClientUrlMember, readonly string[]>> {
  const { members, keyOf } = lists[list];
  const keys = new Set(remove.map(keyOf));
  const changed = members.flatMap((member) => {
    const before = urlsIn(app, member);
    const rest = before.filter((url) => !keys.has(keyOf(url)));
    return rest.length === before.length ? [] : [[member, rest] as const];
  });
  return Object.fromEntries(changed);
}

function checkListed({ selection }: TenantConnection, app: App, list: UrlListName, text: string): void {
  const { keyOf, noun } = lists[list];
  const known = removableUrls(app, list);
  if (known.some((url) => keyOf(url) === keyOf(text))) return;
  const name = shellWord(app.name);
  const shown = `${noun} '${withoutPassword(text)}'`;
  const callback = list === 'origins' && urlsIn(app, 'callbacks').find((url) => pageOrigin(url) === keyOf(text));
  if (callback) {
    throw new AnonError('not_found', `The ${shown} is allowed by a callback, ${callback}.`, {
      hint: `Remove that: anon-cli app callbacks remove ${name} ${shellWord(callback)}${selection}`,
    });
  }
  const wider = list === 'origins' && known.find((url) => coversOrigin(originOf(url) ?? url, keyOf(text)));
  const similar = wider || mostSimilar(text, known);
  throw new AnonError('not_found', `${shown.charAt(0).toUpperCase()}${shown.slice(1)} not found on '${app.name}'.`, {
    hint: wider
      ? `It is allowed by ${wider}. To remove that: anon-cli app origins remove ${name} ${shellWord(wider)}${selection}`
      : `${similar ? `Did you mean ${shellWord(similar)}? To see all` : 'Run'}: anon-cli app ${list} list ${name}${selection}`,
  });
}
