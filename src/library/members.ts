import { mostSimilar } from '../domain/did-you-mean.ts';
import { AnonError } from '../errors.ts';

/** What a member must be, if it is given; `any` is checked by whoever reads it. */
type MemberKind = 'text' | 'number' | 'boolean' | 'object' | 'list' | 'function' | 'any';

/** The members of an object of options. */
export type Members<Options> = Readonly<Record<keyof Options, MemberKind>>;

const articles: Readonly<Record<MemberKind, string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  list: 'a list',
  function: 'a function',
  any: 'anything',
};

/**
 * A program without types may misspell a member, which would then silently not count, or pass the text 'false', which counts as
 * true. @throws {AnonError} `usage`
 */
export function checkMembers(what: string, given: unknown, known: Readonly<Record<string, MemberKind>>): void {
  if (!isKind(given, 'object')) throw new AnonError('usage', `${what} takes an object.`);
  const members = given as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(members).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw unknownMember(what, unknown, Object.keys(known));
  for (const [name, kind] of Object.entries(known)) {
    const value = members[name];
    if (value === undefined || isKind(value, kind)) continue;
    throw new AnonError('usage', `${name} of ${what} must be ${articles[kind]}.`);
  }
}

function unknownMember(what: string, name: string, names: readonly string[]): AnonError {
  const similar = mostSimilar(name, names);
  return new AnonError('usage', `${what} does not take '${name.slice(0, 40)}'.`, {
    hint: similar ? `Did you mean ${similar}?` : `It takes ${names.join(', ')}.`,
  });
}

function isKind(value: unknown, kind: MemberKind): boolean {
  if (kind === 'any') return true;
  if (kind === 'list') return Array.isArray(value);
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  // Comparisons with NaN are false, so a tolerance of NaN would accept every time.
  if (kind === 'number') return typeof value === 'number' && !Number.isNaN(value);
  return typeof value === (kind === 'text' ? 'string' : kind);
}

/**
 * Refuses what would arrive as another value, or as none, because JSON does not have it. An undefined member is left out, and
 * `toJSON` counts. Messages name keys, never values. @throws {AnonError} `usage`
 */
export function checkJson(what: string, value: unknown): void {
  const found = notInJson(value, what, []);
  if (found !== undefined) throw new AnonError('usage', `${found}, which JSON does not have.`);
}

function notInJson(value: unknown, path: string, parents: readonly object[]): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${path} is ${value}`;
  if (['bigint', 'function', 'symbol', 'undefined'].includes(typeof value)) return `${path} is ${nameOf(value)}`;
  if (typeof value !== 'object' || value === null) return undefined;
  if ('toJSON' in value && typeof value.toJSON === 'function') return undefined;
  if (parents.includes(value)) return `${path} contains itself`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (['Map', 'Set', 'RegExp', 'Error'].includes(tag)) return `${path} is a ${tag}`;
  const members = Array.isArray(value)
    ? value.map((item, index) => [`${path}[${index}]`, item] as const)
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [`${path}.${key.slice(0, 40)}`, member] as const);
  for (const [place, member] of members) {
    const found = notInJson(member, place, [...parents, value]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameOf(value: unknown): string {
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}
