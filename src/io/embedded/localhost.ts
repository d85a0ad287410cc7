/** The domain of a tenant on this machine: `localhost`, with its port unless that is 443. */
export function localhostAt(port: number): string {
  return new URL(`https://localhost:${port}`).host;
}

/** The port of an issuer on `localhost`; undefined for any other. */
export function localPort(issuer: string): number | undefined {
  const { hostname, port } = new URL(issuer);
  return hostname === 'localhost' ? Number(port || 443) : undefined;
}
