import { coversOrigin, originMembers } from '../../wire/allowed-origin.ts';
import type { ClientUrlMember } from '../../wire/client.ts';
import type { App } from './app.ts';
import { originOf, urlParts } from './origin.ts';

/** The URLs in one list of an application, as the tenant has them. */
export function urlsIn({ body }: Pick<App, 'body'>, member: ClientUrlMember): readonly string[] {
  return body[member] ?? [];
}

/** An origin whose pages may call the guest endpoints as an application. */
export interface AllowedOrigin {
  /** It may have a wildcard or a placeholder. */
  readonly origin: string;
  /** The settings that allow it. */
  readonly from: readonly ClientUrlMember[];
}

/** Every allowed origin of an application, each once. */
export function allowedOrigins(app: Pick<App, 'body'>): AllowedOrigin[] {
  const found = new Map<string, Set<ClientUrlMember>>();
  for (const member of originMembers) {
    for (const url of urlsIn(app, member)) {
      const origin = member === 'callbacks' ? pageOrigin(url) : listedOrigin(url);
      if (origin === undefined) continue;
      found.set(origin, (found.get(origin) ?? new Set()).add(member));
    }
  }
  return [...found].map(([origin, from]) => ({ origin, from: [...from] }));
}

/** A path may keep the service from finding a match, so an entry with one stays as it is, and covers no origin. */
function listedOrigin(url: string): string {
  const rest = urlParts(url)?.rest;
  return (rest === '' || rest === '/' ? originOf(url) : undefined) ?? url;
}

/** The origin of a callback that is a page: native applications have others, and a guest belongs to no organization. */
export function pageOrigin(url: string): string | undefined {
  return /^https?:/i.test(url) && !url.includes('{organization_name}') ? originOf(url) : undefined;
}

/** The allowed origin that covers the origin of a page. `unknown`: only the service knows what a placeholder stands for. */
export function allowanceOf(app: Pick<App, 'body'>, origin: string): AllowedOrigin | 'unknown' | undefined {
  const all = allowedOrigins(app);
  const found = all.find((one) => one.origin === origin) ?? all.find((one) => coversOrigin(one.origin, origin));
  return found ?? (all.some((one) => one.origin.includes('{custom_domain.')) ? 'unknown' : undefined);
}

/** Pages of these types of application call the tenant themselves. */
export function hasPages({ type }: { readonly type: string | undefined }): boolean {
  return type === 'spa' || type === 'regular_web';
}
