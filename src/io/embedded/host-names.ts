/**
 * The Host header of requests to an address: no page's domain can lead there under that name. With all addresses, the ones
 * to serve must be named.
 */
export function namesOf(address: string | undefined): string[] {
  if (address === undefined || address === '0.0.0.0' || address === '::') return [];
  return [address.includes(':') ? `[${address}]` : address];
}

/** The host of an issuer, as in the Host header. */
export function namesIn(issuer: string | undefined): string[] {
  return issuer === undefined ? [] : [new URL(issuer).hostname];
}

/** A host as a certificate has it: an address without brackets. */
export function bare(host: string): string {
  return host.replace(/^\[(.+)\]$/, '$1');
}
