import { type Random, randomHex } from '../random.ts';

/** The headers that every response to one request has. */
export type CommonHeaders = Readonly<Record<'x-auth0-requestid' | 'date', string>>;

/**
 * Makes them for each request. The date is the tenant's own, which a test may have moved; the HTTP server would take the
 * machine's.
 */
export function newCommonHeaders(random: Random): (nowSeconds: number) => CommonHeaders {
  let last = { seconds: Number.NaN, text: '' };
  return (nowSeconds) => {
    if (nowSeconds !== last.seconds) last = { seconds: nowSeconds, text: new Date(nowSeconds * 1000).toUTCString() };
    return { 'x-auth0-requestid': randomHex(random, 10), date: last.text };
  };
}

/** Responses that were created with their common headers. */
const complete = new WeakSet<Response>();

/**
 * A response with status 200, complete from the start: adding headers to it later would cost as much as all of the
 * adapter to node:http.
 */
export function completeResponse(
  body: object,
  common: CommonHeaders,
  headers: Readonly<Record<string, string>>,
  cookies: readonly string[] = [],
): Response {
  const all = { 'content-type': 'application/json', ...headers, ...common };
  const pairs = cookies.map((cookie): [string, string] => ['set-cookie', cookie]);
  const response = new Response(JSON.stringify(body), {
    status: 200,
    headers: pairs.length === 0 ? all : [...Object.entries(all), ...pairs],
  });
  complete.add(response);
  return response;
}

/** Adds the common headers to a response that does not have them. */
export function complement(response: Response, common: CommonHeaders): Response {
  if (complete.has(response)) return response;
  for (const [name, value] of Object.entries(common)) response.headers.set(name, value);
  return response;
}
