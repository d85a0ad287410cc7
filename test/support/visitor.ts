import { expect } from 'vitest';
import { saveCookie } from './login-browser.ts';

/** A page that a visitor sees, or the address at which they were stopped. */
export interface Visited {
  readonly url: URL;
  /** Undefined where they were stopped. */
  readonly status: number | undefined;
  readonly html: string;
}

/** What a browser does for someone without scripts: follows redirects, keeps cookies, and sends forms. */
export interface Visitor {
  /** The cookies of a host, as they would be sent. */
  readonly cookies: Map<string, string>;
  open(url: string | URL, options?: VisitOptions): Promise<Visited>;
  /** Sends the first form of a page, with `fields` in place of what is filled in. */
  submit(page: Visited, fields?: Readonly<Record<string, string>>, options?: VisitOptions): Promise<Visited>;
}

interface VisitOptions {
  /** Redirects to addresses that begin like this are not followed. */
  readonly stopAt?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A new visitor. Everything they visit is on one host: the ports of a host share their cookies. */
export function visitor(fetch: typeof globalThis.fetch): Visitor {
  const cookies = new Map<string, string>();

  async function follow(url: URL, init: RequestInit, options: VisitOptions = {}, left = 20): Promise<Visited> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...options.headers, ...(cookie && { cookie }) };
    const response = await fetch(url.href, { ...init, redirect: 'manual', headers });
    for (const line of response.headers.getSetCookie()) saveCookie(cookies, line);
    const location = response.headers.get('location');
    if (location === null || left === 0) return { url, status: response.status, html: await response.text() };
    await response.arrayBuffer();
    const next = new URL(location, url);
    if (options.stopAt !== undefined && next.href.startsWith(options.stopAt)) {
      return { url: next, status: undefined, html: '' };
    }
    return follow(next, {}, options, left - 1);
  }

  return {
    cookies,
    open: (url, options) => follow(new URL(url), {}, options),
    submit(page, fields, options) {
      const { action, values } = firstForm(page.html);
      const body = new URLSearchParams({ ...values, ...fields });
      return follow(new URL(action, page.url), { method: 'POST', body }, options);
    },
  };
}

/** Fills in the login page, which must be the one that `page` shows. */
export async function logIn(
  visiting: Visitor,
  page: Visited,
  { email, password }: { readonly email: string; readonly password: string },
  options?: VisitOptions,
): Promise<Visited> {
  expect(page.html).toContain('<title>Log in to ');
  return visiting.submit(page, { username: email, password, action: 'default' }, options);
}

function firstForm(html: string): { readonly action: string; readonly values: Record<string, string> } {
  const [form = ''] = /<form\b.*?<\/form>/s.exec(html) ?? [];
  if (form === '') throw new Error(`the page has no form: ${html.slice(0, 2000)}`);
  const values: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(input, 'name');
    if (name !== undefined) values[name] = attribute(input, 'value') ?? '';
  }
  return { action: attribute(form, 'action') ?? '', values };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function attribute(element: string, name: string): string | undefined {
  const found = new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1];
  return found?.replace(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => entities[entity] ?? '');
}
