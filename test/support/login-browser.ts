import type { Tenant } from '../../src/local/tenant.ts';

/** A response to a browser, with where it leads. */
export interface Visit {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The target of a redirect, absolute; undefined without one. */
  readonly target: URL | undefined;
}

export interface VisitOptions {
  readonly form?: Readonly<Record<string, string>> | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A browser at a tenant. It saves cookies and does not follow redirects. */
export interface LoginBrowser {
  /** The value of each cookie. Those that a response removes go. */
  readonly cookies: Map<string, string>;
  /** GET, or POST with a form. */
  visit(target: string | URL, options?: VisitOptions): Promise<Visit>;
}

export function loginBrowser(tenant: Tenant, before: Iterable<[string, string]> = []): LoginBrowser {
  const cookies = new Map(before);
  return {
    cookies,
    async visit(target, { form, headers } = {}) {
      const url = new URL(target, tenant.issuer);
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const request = new Request(url, {
        method: form === undefined ? 'GET' : 'POST',
        headers: { ...(cookie !== '' && { cookie }), accept: 'text/html', ...headers },
        ...(form !== undefined && { body: new URLSearchParams(form) }),
      });
      const response = await tenant.handle(request);
      for (const set of response.headers.getSetCookie()) saveCookie(cookies, set);
      const location = response.headers.get('location');
      return {
        status: response.status,
        headers: response.headers,
        text: await response.text(),
        target: location === null ? undefined : new URL(location, url),
      };
    },
  };
}

/** Does what a `Set-Cookie` header says. Of its attributes, only the end counts. */
export function saveCookie(cookies: Map<string, string>, set: string): void {
  const [pair = '', ...attributes] = set.split(';').map((part) => part.trim());
  const end = pair.indexOf('=');
  const [name, value] = [pair.slice(0, end), pair.slice(end + 1)];
  const isRemoved = attributes.some(
    (attribute) => /^max-age=0$/i.test(attribute) || /^expires=.* 1970 /i.test(attribute),
  );
  if (isRemoved) cookies.delete(name);
  else cookies.set(name, value);
}

/** The query of a target, or with `fragment` what follows its hash. */
export function answerIn({ target }: Visit, place: 'query' | 'fragment' = 'query'): Record<string, string> {
  return Object.fromEntries(
    place === 'query' ? (target?.searchParams ?? []) : new URLSearchParams(target?.hash.slice(1)),
  );
}
