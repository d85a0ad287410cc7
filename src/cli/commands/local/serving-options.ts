import { AnonError } from '../../../errors.ts';
import type { LocalServer } from '../../../io/embedded/local-server.ts';
import type { OwnFiles } from '../../../io/embedded/serving-certificate.ts';
import type { HostPlace } from '../../../io/http/host-lookup.ts';
import { parseUrl } from '../../../wire/url.ts';
import { predictableWarning } from '../../options/seed-random.ts';
import type { Context } from '../../world/context.ts';

/**
 * The IP address after `--host`, in its shortest form. Names are refused: which of its addresses would be served is not
 * visible.
 */
export function parseAddress(text: string): string {
  const bare = /^\[(.+)\]$/.exec(text)?.[1] ?? text;
  const isV4 = /^\d{1,3}(\.\d{1,3}){3}$/.test(bare);
  // A URL would take a leading zero for an octal number.
  if (isV4 && parseUrl(`http://${bare}`)?.hostname === bare) return bare;
  const v6 = /^[\da-f:.]+$/i.test(bare) && bare.includes(':') ? parseUrl(`http://[${bare}]`) : undefined;
  if (v6) return v6.hostname.slice(1, -1);
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not an IP address.`, {
    hint: 'To listen on all addresses of this machine: --host 0.0.0.0',
  });
}

/** @throws {AnonError} `usage` */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a valid port.`, {
    hint: 'Give a number from 0 to 65535: --port 4401',
  });
}

/** The certificate that `--cert` and `--key` name; undefined without them. @throws {AnonError} `usage` */
export async function ownCertificate(
  { readFile }: Context,
  { http, cert, key }: { readonly http?: true; readonly cert?: string; readonly key?: string },
): Promise<OwnFiles | undefined> {
  if (http && (cert ?? key) !== undefined) {
    throw new AnonError('usage', '--http serves no certificate: leave --cert and --key out, or --http.');
  }
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new AnonError('usage', 'A certificate of your own needs both: --cert <file> --key <file>');
  }
  return {
    certificate: { path: cert, text: await readFile(cert) },
    key: { path: key, text: await readFile(key) },
  };
}

/** The options that expose a server, or leave it out of reach. */
export interface Exposing {
  readonly host?: string;
  readonly domain?: string;
  readonly http?: true;
}

/** What to know of a server that was started with these options. */
export function startWarnings(
  server: Pick<LocalServer, 'issuer' | 'port' | 'url' | 'predictable'>,
  options: Exposing,
): string[] {
  const { host, domain, http } = options;
  const exposure = exposureWarning(host, server);
  // With plain HTTP alone, it is a proxy that has this name and its port.
  const elsewhere = domain === undefined || http ? undefined : portWarning(server);
  const predictable = server.predictable ? predictableWarning : undefined;
  return [exposure, elsewhere, predictable].filter((warning) => warning !== undefined);
}

/** What serving at an address exposes; undefined where only this machine can connect. */
export function exposureWarning(
  address: string | undefined,
  { port, url }: Pick<LocalServer, 'port' | 'url'>,
): string | undefined {
  if (address === undefined || address === '::1' || address.startsWith('127.')) return undefined;
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return (
    `The local tenant is open to the network at ${place}, over ${url.startsWith('https:') ? 'HTTPS and ' : ''}plain HTTP. Whoever can connect gets guest tokens, can ` +
    'log in as every user without a password, and can read and change the whole tenant with the credentials of its Management API client. Use it for development only.'
  );
}

/**
 * Why apps that are configured with the issuer's host do not reach the server, because its port is another one; undefined where
 * they do. Behind a proxy it is right.
 */
export function portWarning({ issuer, port }: Pick<LocalServer, 'issuer' | 'port'>): string | undefined {
  const url = new URL(issuer);
  const expected = Number(url.port || 443);
  if (expected === port) return undefined;
  return (
    `Apps that use the domain ${url.host} connect to port ${expected}, and the tenant listens on ${port}. ` +
    `Start it with --port ${expected} or with --domain ${url.hostname}:${port}, or put a proxy in front.`
  );
}

/** What to do where the issuer's host does not lead to this machine; undefined where nothing has to be done. */
export function placeWarning({ issuer }: Pick<LocalServer, 'issuer'>, place: HostPlace): string | undefined {
  const { hostname } = new URL(issuer);
  const line = `add this line to the hosts file: 127.0.0.1 ${hostname}`;
  if (place === 'elsewhere') {
    return `${hostname} leads to another machine. If it should lead here, ${line}`;
  }
  if (place !== 'nowhere') return undefined;
  return hostname.endsWith('.localhost')
    ? `Browsers know that ${hostname} is this machine, but the system does not. For other programs, ${line}`
    : `The name ${hostname} is unknown on this machine. To reach the tenant under it, ${line}`;
}
