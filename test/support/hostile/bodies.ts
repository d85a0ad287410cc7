import type { JsonObject } from '../../../src/wire/schema.ts';
import * as tokens from './lying-tokens.ts';

/** A request to the hostile tenant. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  /** Its first line and its headers. */
  readonly head: string;
  readonly body: string;
}

/** The response of a well-behaved tenant. */
export interface Genuine {
  readonly status: number;
  readonly text: string;
}

/** Makes a body from the request and the genuine response. `turn` counts the requests of a command. */
type Body = (genuine: Genuine, heard: Heard, turn: number) => string | Buffer;

/** Escape sequences, a terminal's title, a command to a CI runner, a NUL, and right-to-left text. */
export const nasty = '\u001b[31m\u001b]0;mine\u0007\r\n::error::hacked\n::set-output name=a::b\u0000\u202e';

/** A body that never ends is sent in pieces for as long as the client reads. */
export const endless = Buffer.from('[{"name":"');

const deep = 100_000;
const tenMegabytes = 10 * 2 ** 20;

const whatever: Record<string, Body> = {
  nothing: () => '',
  'a blank': () => ' \n',
  'an HTML page': () => '<!DOCTYPE html><html><body><h1>It works!</h1></body></html>',
  'half of a JSON': () => '{"access_token":"abc","expires_in":864',
  null: () => 'null',
  true: () => 'true',
  'a number past all numbers': () => '12e400',
  'a text': () => '"ok"',
  'an empty list': () => '[]',
  'an empty object': () => '{}',
  'lists 100,000 deep': () => `${'['.repeat(deep)}${']'.repeat(deep)}`,
  'objects 100,000 deep': () => `${'{"error":'.repeat(deep)}1${'}'.repeat(deep)}`,
  '10 MB of a text': () => `"${'a'.repeat(tenMegabytes)}"`,
  '10 MB of members': () =>
    `{${Array.from({ length: 20_000 }, (_, nth) => `"m${nth}":"${'a'.repeat(500)}"`).join(',')}}`,
  'no end': () => endless,
  'bytes that are no UTF-8': () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0xc3, 0x28, 0x7d]),
  'UTF-16': () => Buffer.from('\ufeff{"error":"invalid_request"}', 'utf16le'),
  NULs: () => '\0'.repeat(100),
  'escape sequences': () => nasty,
  'an error of control characters': () => refusal(nasty, nasty),
  'an error named after what objects have': () => refusal('constructor', '__proto__'),
  'an error of 200 KB': () => refusal('invalid_request', 'no '.repeat(70_000)),
  'an error whose words are objects': () =>
    JSON.stringify({ statusCode: 400, error: { a: 1 }, error_description: [1], message: null, errorCode: 7 }),
  'an error that is a list': () => '[{"error":"invalid_request"}]',
  'an error with a lone surrogate': () => '{"error":"\\ud800","error_description":"\\udfff","message":"\\ud800"}',
  'an error that says done': () => refusal('ok', 'Success.'),
  'the key set': () => '{"keys":[]}',
  'a page of nothing': () => '{"start":0,"limit":100,"total":0,"clients":[],"resource_servers":[],"client_grants":[]}',
};

const echoes: Record<string, Body> = {
  'an error that repeats every value': (_, heard) => refusal('invalid_request', valuesIn(heard).join(' and ')),
  'an error that repeats the request': (_, { head, body }) => refusal('invalid_request', `You sent ${head} ${body}`),
  'an error named after the secrets': (_, heard) => refusal(valuesIn(heard).join(','), 'See the name of the error.'),
  'an error code of the values': (_, heard) =>
    JSON.stringify({ statusCode: 400, error: 'Bad Request', message: 'Bad.', errorCode: valuesIn(heard).join(',') }),
  'a page that repeats the request': (_, { head, body }) => `<html><pre>${head}${body}</pre></html>`,
  'the request': (_, { body }) => body,
  'the request escaped': (_, { head, body }) =>
    refusal('invalid_request', `${encodeURIComponent(body)} ${JSON.stringify(body)} ${head}`),
};

/** Changes a genuine response that is JSON; any other becomes empty. */
const altered: Record<string, (value: unknown, turn: number, heard: Heard) => string> = {
  'as it should be': (value) => JSON.stringify(value),
  'as it should be, after a byte order mark': (value) => `\ufeff${JSON.stringify(value)}`,
  'as it should be, with members twice': (value) => twice(JSON.stringify(value)),
  'as it should be, with __proto__': (value) =>
    JSON.stringify(value)
      .replaceAll('{', '{"__proto__":{"enabled":true},"constructor":{"prototype":1},')
      .replaceAll(',}', '}'),
  'cut in half': (value) => JSON.stringify(value).slice(0, JSON.stringify(value).length / 2),
  'every text nasty': (value) => JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'string' ? nasty : leaf))),
  'every name nasty': (value) => JSON.stringify(named(value, (name) => `${nasty}${name}`)),
  'every name a command to CI': (value) => JSON.stringify(named(value, (name) => `::error::${name}`)),
  'every text of 100 KB': (value) =>
    JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'string' ? `${leaf}${'x'.repeat(100_000)}` : leaf))),
  'every text a lone surrogate': (value) =>
    JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'string' ? '\ud800' : leaf))),
  'every text empty': (value) => JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'string' ? '' : leaf))),
  'every number a text': (value) =>
    JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'number' ? String(leaf) : leaf))),
  'every number past all numbers': (value) =>
    JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'number' ? 'BIG' : leaf))).replaceAll('"BIG"', '1e999'),
  'every number negative': (value) =>
    JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'number' ? -Math.abs(leaf) - 0.5 : leaf))),
  'every value null': (value) => JSON.stringify(leaves(value, () => null)),
  'every switch the other way': (value) =>
    JSON.stringify(leaves(value, (leaf) => (typeof leaf === 'boolean' ? !leaf : leaf))),
  'every list an object': (value) => JSON.stringify(listsAsObjects(value)),
  'every object a list': (value) => JSON.stringify([value]),
  'inside another object': (value) => JSON.stringify({ data: value }),
  'a list of a thousand': (value) => JSON.stringify(withItems(value, (items) => Array(1000).fill(items[0] ?? {}))),
  'a list of nulls': (value) => JSON.stringify(withItems(value, () => [null, null])),
  'pages without end': (value, turn) => JSON.stringify(page(value, 100, `from-${turn}`, `p${turn}`)),
  'the same page without end': (value) => JSON.stringify(page(value, 100, 'again', 'p')),
  'empty pages without end': (value, turn) => JSON.stringify(page(value, 0, `from-${turn}`, '')),
  'pages of one item without end': (value, turn) => JSON.stringify(page(value, 1, `from-${turn}`, `p${turn}`)),
  'opaque tokens': (value) => withTokens(value, tokens.opaque),
  'unsigned tokens': (value) => withTokens(value, tokens.unsigned),
  'tokens of another signer': (value) => withTokens(value, tokens.signedByAnother),
  'tokens of another issuer': (value) => withTokens(value, tokens.ofAnotherIssuer),
  'tokens with a line break': (value) => withTokens(value, (token) => `${token}\n::error::hacked`),
  'tokens of 1 MB': (value) => withTokens(value, (token) => `${token}.${'x'.repeat(2 ** 20)}`),
  'empty tokens': (value) => withTokens(value, () => ''),
  'tokens of deep claims': (value) => withTokens(value, tokens.ofDeepClaims),
};

/** Bodies that differ from the genuine one, but mean the same JSON. */
export const harmlessBodies: readonly string[] = ['as it should be', 'as it should be, after a byte order mark'];

export const bodies: Readonly<Record<string, Body>> = {
  ...whatever,
  ...echoes,
  ...Object.fromEntries(
    Object.entries(altered).map(([name, alter]): [string, Body] => [
      name,
      ({ text }, heard, turn) => (/^\s*[[{]/.test(text) ? alter(JSON.parse(text), turn, heard) : text),
    ]),
  ),
};

/** The ones that repeat the request. */
export const echoingBodies = Object.keys(echoes);

/** The ones made from the genuine response: only they reach nested members. */
export const alteredBodies = Object.keys(altered);

/** A refusal in the formats of both APIs. */
function refusal(error: string, description: string): string {
  return JSON.stringify({
    ...{ statusCode: 400, error, error_description: description },
    ...{ message: description, errorCode: error },
  });
}

/** Every text in a request: in its JSON, its query and its credentials, also decoded. */
export function valuesIn({ head, path, body }: Heard): string[] {
  const [, scheme, credentials = ''] = /^authorization: (\w+) (.+)$/im.exec(head) ?? [];
  const decoded =
    scheme === 'Basic' ? Buffer.from(credentials, 'base64').toString().split(':').map(decodeURIComponent) : [];
  const query = [...new URLSearchParams(path.split('?')[1] ?? '').values()];
  const found: string[] = [...query, credentials, ...decoded];
  if (body !== '') leaves(JSON.parse(body), (leaf) => void found.push(String(leaf)));
  return found.filter((value) => value !== '');
}

function leaves(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => leaves(item, change));
  if (typeof value !== 'object' || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, leaves(member, change)]));
}

/** Named objects keep their ids, so that they are found and shown. */
function named(value: unknown, change: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => named(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const shown = ['name', 'friendly_name', 'description', 'identifier', 'scope', 'value', 'app_type', 'token_type'];
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      shown.includes(name) && typeof member === 'string' ? change(member) : named(member, change),
    ]),
  );
}

function listsAsObjects(value: unknown): unknown {
  if (Array.isArray(value)) return { ...value.map(listsAsObjects) };
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, listsAsObjects(member)]));
}

const lists = ['clients', 'resource_servers', 'client_grants', 'keys', 'scopes'];

function withItems(value: unknown, change: (items: unknown[]) => unknown[]): unknown {
  if (Array.isArray(value)) return change(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      lists.includes(name) && Array.isArray(member) ? change(member) : member,
    ]),
  );
}

/** A page of a list that claims a billion items; other bodies stay unchanged. */
function page(value: unknown, length: number, next: string, mark: string): unknown {
  const isPage = typeof value === 'object' && value !== null && ('total' in value || 'next' in value);
  if (!isPage) return value;
  const items = withItems(value, ([first]) =>
    Array.from({ length }, (_, nth) => {
      const id = `${mark}-${nth}`;
      return { ...(first as JsonObject), id, client_id: id, name: id, identifier: id };
    }),
  );
  return { ...(items as JsonObject), ...('next' in value ? { next } : { total: 1e9 }) };
}

function withTokens(value: unknown, change: (token: string) => string): string {
  if (typeof value !== 'object' || value === null || 'keys' in value) return JSON.stringify(value);
  const isToken = /^(access|session|anon_transfer)_token$/;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    isToken.test(name) && typeof member === 'string' ? change(member) : member,
  ]);
  return JSON.stringify(Array.isArray(value) ? value : Object.fromEntries(members));
}

/** Repeats every member at the end, with another value first: JSON parsers take the last one. */
function twice(text: string): string {
  return text.replaceAll(/"(name|access_token|enabled|total)":/g, '"$1":"the first",$&');
}
