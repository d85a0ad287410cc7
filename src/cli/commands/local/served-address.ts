import { AnonError } from '../../../errors.ts';

/**
 * The IP address after `--host`, in its shortest form. Names are refused: which of its addresses would be served is not
 * visible.
 */
export function parseAddress(text: string): string {
  const bare = /^\[(.+)\]$/.exec(text)?.[1] ?? text;
  const isV4 = /^\d{1,3}(\.\d{1,3}){3}$/.test(bare) && URL.canParse(`http://${bare}`);
  // A URL would take a leading zero for an octal number.
  if (isV4 && new URL(`http://${bare}`).hostname === bare) return bare;
  if (/^[\da-f:.]+$/i.test(bare) && bare.includes(':') && URL.canParse(`http://[${bare}]`)) {
    return new URL(`http://[${bare}]`).hostname.slice(1, -1);
  }
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not an IP address.`, {
    hint: 'To listen on all addresses of this machine: --host 0.0.0.0',
  });
}

/** What serving at an address exposes; undefined where only this machine can connect. */
export function exposureWarning(address: string | undefined, port: number): string | undefined {
  if (address === undefined || address === '::1' || address.startsWith('127.')) return undefined;
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return (
    `The local tenant is open to the network at ${place}, over plain HTTP. Whoever can connect gets guest tokens, and can ` +
    'read and change the whole tenant with the credentials of its Management API client. Use it for development only.'
  );
}
