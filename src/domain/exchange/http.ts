export interface FetchRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
}

/** The parts of an HTTP response that are used, received completely; a `Response` is one. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  text(): Promise<string>;
}

/**
 * One HTTP exchange, redirects not followed. Both a socket and the embedded tenant's `handle` can implement it.
 * @throws {UnreachableError} when no complete answer came; it reports whether the request was sent
 * @throws {AnonError} `interrupted` when the user stopped the command
 */
export type Fetch = (url: string, request: FetchRequest) => Promise<HttpAnswer>;

/** One request to a tenant. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** From the tenant's root, with its query. */
  readonly path: string;
  /** The whole `Authorization` header. */
  readonly authorization?: string | undefined;
  /** Further headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. A function is called again for each attempt: its result may be valid only once. */
  readonly body?: object | (() => Promise<object>) | undefined;
  /** Some tenants lack this endpoint: a 404, 405 or 501 is an answer, whatever its body. */
  readonly mayBeMissing?: boolean | undefined;
  /** Receives the length of the answer's body, in characters. */
  readonly measure?: ((length: number) => void) | undefined;
}

export interface Answer {
  readonly status: number;
  /** The parsed JSON body, or undefined when the body is empty. */
  readonly body: unknown;
}

/** The host in a tenant's issuer or base URL, with its port. */
export function hostOf(url: string): string {
  return new URL(url).host;
}
