/** The host names of this machine. */
export const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * The URL in a text, which may be relative to `base`; undefined if it is not one. Not `URL.canParse`: in Node.js 20, once
 * a caller is compiled, it refuses texts with letters such as "ü".
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
