import type { LocalPorts } from './ports.ts';

/** The domain of a tenant on this machine: `localhost`, with its port unless that is 443. */
export function localhostAt(port: number): string {
  return new URL(`https://localhost:${port}`).host;
}

/** The port of an issuer on `localhost`; undefined for any other. */
export function localPort(issuer: string): number | undefined {
  const { hostname, port } = new URL(issuer);
  return hostname === 'localhost' ? Number(port || 443) : undefined;
}

/** The issuer that a server takes at the port that it got; undefined where it leaves the tenant's. */
export function issuerFor(
  { state }: Pick<LocalPorts, 'state'>,
  { port, domain }: { readonly port?: number | undefined; readonly domain?: string | undefined },
  taken: number,
): string | undefined {
  if (domain !== undefined) return `https://${domain}/`;
  return port === undefined || 'postgres' in state ? undefined : `https://${localhostAt(taken)}/`;
}

/** The port after a domain, other than 443. */
export function portIn(domain: string | undefined): number | undefined {
  return Number(domain === undefined ? '' : new URL(`https://${domain}`).port) || undefined;
}
