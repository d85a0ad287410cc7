import { oauthRefusal } from '../http/refusal.ts';
import { isForm, readOauthBody } from '../http/request-body.ts';

/** The parameters of a request that a browser makes, from its query or its form. */
export interface Parameters {
  /** Undefined for one that was not sent, or without a value. @see RFC 6749, section 3.1 */
  get(name: string): string | undefined;
  /** The first of `names` that was sent more than once. */
  repeated(names: readonly string[]): string | undefined;
  /** All, the last value of each. */
  readonly all: Readonly<Record<string, string>>;
}

/** @throws {Refusal} 400 or 415 when a body cannot be read */
export async function readParameters(request: Request): Promise<Parameters> {
  const query = new URL(request.url).searchParams;
  if (request.method !== 'POST') return parametersIn(query);
  const form = await readForm(request);
  return parametersIn(new URLSearchParams([...query, ...form]));
}

export function parametersIn(search: URLSearchParams): Parameters {
  return {
    get: (name) => search.get(name) || undefined,
    repeated: (names) => names.find((name) => search.getAll(name).length > 1),
    all: Object.fromEntries(search),
  };
}

async function readForm(request: Request): Promise<[string, string][]> {
  if (isForm(request)) return [...new URLSearchParams(await request.text())];
  const members = await readOauthBody(request);
  return Object.entries(members).map(([name, value]) => {
    if (typeof value !== 'string') throw oauthRefusal(400, 'invalid_request', `${name} must be a string.`);
    return [name, value];
  });
}
