import { shellWord } from '../../domain/shell-word.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { Call, Calls } from '../output/tenant-observers.ts';
import { printable, printableJson } from '../render/printable.ts';
import { isSecretMember } from './variables.ts';

const managementRoot = '/api/v2/';

/**
 * The calls that a command made, as curl commands: those that change something or issue tokens, otherwise those that
 * read; for a dry run, the planned ones. Every secret is a shell variable.
 */
export function curlLines(data: JsonObject | readonly JsonObject[], { baseUrl, made }: Calls): string {
  const calls = plannedCalls(data) ?? relevantCalls(data, made);
  return calls.map((call) => curlLine(baseUrl, call)).join('\n');
}

function plannedCalls(data: JsonObject | readonly JsonObject[]): readonly Call[] | undefined {
  if (!('dry_run' in data) || data.dry_run !== true || !Array.isArray(data.requests)) return undefined;
  return data.requests.map(({ method, path, body }) => ({ method, path, body: body ?? undefined }));
}

function relevantCalls(data: object, made: readonly Call[]): readonly Call[] {
  const writes = made.filter(({ method, path }) => !['GET', 'OPTIONS'].includes(method) && path !== oauthTokenPath);
  if (writes.length > 0 || 'requests' in data) return writes;
  return made.filter(
    ({ method, path }) => method === 'OPTIONS' || (method === 'GET' && path.startsWith(managementRoot)),
  );
}

function curlLine(baseUrl: string, { method, path, authorization, headers = {}, body }: Call): string {
  const parts = [`curl -sS -X ${method} ${shellWord(printable(baseUrl + path))}`];
  if (path.startsWith(managementRoot)) parts.push(`-H "Authorization: Bearer $MANAGEMENT_TOKEN"`);
  else if (authorization?.startsWith('Basic ')) parts.push(`-u ${basicUser(authorization)}:"$CLIENT_SECRET"`);
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${shellWord(printable(`${name}: ${value}`))}`);
  if (body !== undefined) parts.push(`-H 'Content-Type: application/json'`, `-d ${quotedBody(body)}`);
  return `${parts.join(' \\\n  ')}\n`;
}

function basicUser(authorization: string): string {
  const [user = ''] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8').split(':');
  return shellWord(printable(user));
}

/** The body in single quotes, with each secret as a variable outside of them. */
function quotedBody(body: unknown): string {
  const mark = markFor(JSON.stringify(body));
  const marked = withSecrets(body, (name) => `${mark}${variable(name)}${mark}`);
  const text = printableJson(marked).replaceAll("'", `'\\''`);
  const parts = text.split(mark).map((part, index) => (index % 2 === 0 ? part : `'"$${part}"'`));
  return `'${parts.join('')}'`;
}

function withSecrets(value: unknown, write: (name: string) => string, name = ''): unknown {
  if (typeof value === 'string') return isSecretMember(name) ? write(name) : value;
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, write));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSecrets(inner, write, key)]));
}

/** A marker that does not occur in the text. */
function markFor(text: string): string {
  const taken = new Set(Array.from(text.matchAll(/@(?=(\d+)@)/g), ([, number]) => number));
  let free = 0;
  while (taken.has(String(free))) free += 1;
  return `@${free}@`;
}

function variable(name: string): string {
  return name.toUpperCase().replaceAll(/\W/g, '_');
}
