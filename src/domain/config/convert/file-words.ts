import { expressionRoot } from '../../../wire/claims-mapping.ts';
import { guestMembers } from '../../../wire/edition/editions.ts';
import type { DocumentNode } from '../../document/node.ts';
import type { Place } from '../../document/problem.ts';
import { same } from '../../plan/difference.ts';
import { sorted } from '../settings.ts';
import { itemsOf, type Member, memberAt, type Values } from './members.ts';
import type { OtherGrant, OtherObjects } from './other-file.ts';
import { configText } from './references.ts';

/** A configuration in the words of its file; texts have references as `${NAME}`. */
export interface FileWords {
  readonly tenant?: object;
  readonly apps?: Readonly<Record<string, object>>;
  readonly apis?: Readonly<Record<string, object>>;
  readonly claims?: Readonly<Record<string, string>>;
}

/** What guests may do according to another tool's files, in either edition; problems go to `values`. */
export function fileWords(objects: OtherObjects, values: Values): FileWords {
  const held = { apps: [] as HeldClaims[], apis: [] as HeldClaims[] };
  const tenant = tenantWords(objects.tenant, values);
  const apps = new Map(objects.clients.flatMap((node) => appWords(node, values, held.apps) ?? []));
  const enabled = [...apps].filter(([, app]) => app.enabled === true).map(([name]) => name);
  const lists = new Lists(objects.grants, values);
  const opened = objects.apis.flatMap((node) => apiWords(node, values, held.apis) ?? []);
  const apis = new Map(opened.map(([audience, api]) => [audience, { ...api, ...lists.at(audience, enabled) }]));
  for (const audience of lists.audiences()) {
    if (!apis.has(audience)) apis.set(audience, lists.at(audience, enabled));
  }
  for (const [audience, api] of apis) if (Object.keys(api).length === 0) apis.delete(audience);
  const claims = sharedClaims([held.apps, held.apis], values);
  return {
    ...(Object.keys(tenant).length > 0 && { tenant }),
    ...(apps.size > 0 && { apps: Object.fromEntries(apps) }),
    ...(apis.size > 0 && { apis: Object.fromEntries(apis) }),
    ...(claims && { claims }),
  };
}

function tenantWords(node: DocumentNode | undefined, values: Values): object {
  const { anonymous, lifetimeMinutes, lifetimeSeconds, cookie, tokenFormat } = guestMembers.tenant;
  others(memberAt(node, ...anonymous), [lifetimeMinutes, cookie], values);
  const minutes = values.duration(memberAt(node, ...lifetimeMinutes), 'm');
  const seconds = values.duration(memberAt(node, ...lifetimeSeconds), 's', { orNever: true });
  return defined({
    lifetime: minutes ?? seconds,
    format: values.choice(memberAt(node, ...tokenFormat), ['jwe', 'jwt']),
    cookie: values.truth(memberAt(node, ...cookie)),
  });
}

interface AppWords {
  readonly enabled?: boolean | string;
}

/** Undefined for an application without settings for guests. */
function appWords(node: DocumentNode, values: Values, held: HeldClaims[]): [string, AppWords][] | undefined {
  const members = guestMembers.client;
  others(memberAt(node, ...members.anonymous), [members.active], values);
  const active = memberAt(node, ...members.active) ?? memberAt(node, ...members.enabled);
  const claims = memberAt(node, ...members.claims);
  if (!active && !claims) return undefined;
  const name = values.text(memberAt(node, 'name'));
  if (name === undefined) {
    values.leave(node.place, 'An application without a name is left out.');
    return undefined;
  }
  const enabled = values.truth(active);
  if (claims || enabled) held.push({ place: (claims ?? node).place, holder: name, claims: claimsIn(claims, values) });
  return [
    [
      name,
      defined({
        enabled,
        'oidc-conformant': values.truth(memberAt(node, 'oidc_conformant')),
        origins: originsIn(node, values),
      }),
    ],
  ];
}

/** Those that an application lists as such; callbacks allow further ones. */
function originsIn(node: DocumentNode, values: Values): string[] | undefined {
  const lists = [memberAt(node, 'web_origins'), memberAt(node, 'allowed_origins')].map((list) => values.texts(list));
  return lists.some((list) => list !== undefined) ? [...new Set(lists.flatMap((list) => list ?? []))] : undefined;
}

function apiWords(node: DocumentNode, values: Values, held: HeldClaims[]): [string, object][] | undefined {
  const members = guestMembers.resourceServer;
  const policy = values.choice(memberAt(node, ...members.policy), ['require_client_grant', 'deny_all']);
  const allowed = values.truth(memberAt(node, ...members.open));
  const claims = memberAt(node, ...members.claims);
  const seconds = memberAt(node, ...members.lifetimeSeconds) ?? memberAt(node, ...members.previewLifetimeSeconds);
  const words = defined({
    open: policy === undefined ? allowed : policy === 'require_client_grant',
    'token-lifetime': values.duration(seconds, 's'),
    scopes: values.texts(memberAt(node, ...members.scopes)),
  });
  if (Object.keys(words).length === 0 && !claims) return undefined;
  const audience = values.text(memberAt(node, 'identifier'));
  if (audience === undefined) {
    values.leave(node.place, 'An API without an identifier is left out.');
    return undefined;
  }
  if (claims || words.open)
    held.push({ place: (claims ?? node).place, holder: audience, claims: claimsIn(claims, values) });
  return [[audience, words]];
}

/** The client grants of guests. */
class Lists {
  readonly #lists = new Map<string, Map<string, readonly string[]>>();

  constructor(grants: readonly OtherGrant[], values: Values) {
    for (const grant of grants) {
      const kind = memberAt(grant.node, 'subject_type')?.value;
      if (kind?.kind === 'scalar' && kind.value === 'anonymous_user') this.#add(grant, values);
    }
  }

  #add({ node, app }: OtherGrant, values: Values): void {
    const audience = values.text(memberAt(node, 'audience'));
    const all = values.truth(memberAt(node, 'allow_all_scopes'));
    const scopes = values.texts(memberAt(node, 'scope') ?? memberAt(node, 'scopes'));
    if (all !== undefined && all !== false) {
      values.leave(node.place, "A guest grant of every scope is left out: a configuration can't express it.");
      return;
    }
    if (audience === undefined || app === undefined || scopes === undefined) {
      const missing = audience === undefined ? 'API' : app === undefined ? 'application' : 'scopes';
      values.leave(node.place, `A guest grant is left out: its ${missing} can't be read from this file.`);
      return;
    }
    const list = this.#lists.get(audience) ?? new Map<string, readonly string[]>();
    this.#lists.set(audience, list.set(configText(app), sorted(scopes)));
  }

  audiences(): Iterable<string> {
    return this.#lists.keys();
  }

  /** One list where the guests of every enabled application have the same. */
  at(audience: string, enabled: readonly string[]): object {
    const lists = this.#lists.get(audience);
    if (!lists) return {};
    const [first, ...rest] = enabled.map((app) => lists.get(app));
    const isShared = first !== undefined && rest.every((list) => list !== undefined && same(list, first));
    const own = [...lists].filter(([app]) => !isShared || !enabled.includes(app));
    return { ...(isShared && { scopes: first }), ...(own.length > 0 && { apps: Object.fromEntries(own) }) };
  }
}

/** Members beside those that are known, by their paths, are not dropped without a word. */
function others(member: Member | undefined, known: readonly (readonly string[])[], values: Values): void {
  const node = member?.value.kind === 'list' ? member.value.items[0] : member?.value;
  if (node?.kind !== 'map') return;
  for (const [name, { place }] of node.entries) {
    if (known.some((path) => path.at(-1) === name)) continue;
    values.leave(place, `'${name.slice(0, 60)}' is left out: it is not known.`);
  }
}

function defined<Shape extends object>(members: Shape): Partial<Shape> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<Shape>;
}

/** The claims of one application or API. */
interface HeldClaims {
  readonly place: Place;
  readonly holder: string;
  /** Undefined where the file does not say which. */
  readonly claims: Readonly<Record<string, string>> | undefined;
}

/** A list of mappings: paths by the names of claims. */
function claimsIn(member: Member | undefined, values: Values): HeldClaims['claims'] {
  if (!member) return undefined;
  const mappings = itemsOf(member).flatMap((node): [string, string][] => {
    const name = values.text(memberAt(node, 'name'));
    const expression = values.text(memberAt(node, 'expression'));
    if (name === undefined || expression === undefined) {
      values.leave(node.place, 'A claim without a name and an expression is left out.');
      return [];
    }
    const root = `${expressionRoot}.`;
    return [[name, expression.startsWith(root) ? expression.slice(root.length) : expression]];
  });
  return Object.fromEntries(mappings.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The claims of a file, which has one list. Undefined where the holders have none, or different ones. Each edition has another
 * kind of holder, so a kind without any claims does not count.
 */
function sharedClaims(kinds: readonly (readonly HeldClaims[])[], values: Values): HeldClaims['claims'] {
  const [first, ...others] = kinds.filter((held) => held.some(({ claims }) => claims !== undefined)).flat();
  const differing = others.find(({ claims }) => !same(claims ?? {}, first?.claims ?? {}));
  if (first && differing) {
    const message = `The claims of '${first.holder}' and '${differing.holder}' differ, which one list can't express: claims are left out.`;
    values.leave(differing.place, message);
    return undefined;
  }
  return first?.claims;
}
