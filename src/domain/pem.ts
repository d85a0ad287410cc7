/** A PEM block in the form that every reader accepts: lines of 64 characters, line feeds, nothing around it. */
export interface PemBlock {
  /** `PRIVATE KEY`, `CERTIFICATE`. */
  readonly label: string;
  readonly text: string;
  /** Reading it needs a passphrase. */
  readonly encrypted: boolean;
}

// A block whose end label differs from its start label is damaged, and can't be repaired here.
const block = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----).)*)-----END \1-----/gs;

/**
 * Finds the PEM blocks in a text, in any form that variables, YAML, JSON and secret managers leave them in: line breaks
 * written as `\n`, replaced by spaces or removed; lines that are indented, concatenated in code or end in CR; text
 * before and after; or the whole text encoded in base64 again.
 */
export function pemBlocks(text: string): PemBlock[] {
  return [...decodedPem(text).matchAll(block)].map(([, label = '', inside = '']) => {
    const encrypted = label.startsWith('ENCRYPTED ') || /Proc-Type:\s*4,\s*ENCRYPTED/.test(inside);
    const body = inside.replaceAll(/\\+[rn]|["'][ \t]*\+(?=[\s"'])|[^A-Za-z\d+/=]/g, '');
    const lines = body.match(/.{1,64}/g) ?? [];
    return { label, encrypted, text: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n') };
  });
}

/** Whether a text is meant to be PEM, even if damaged. */
export function looksLikePem(text: string): boolean {
  return decodedPem(text).includes('-----BEGIN ');
}

/** The start of the base64 of any text that starts with `-----BEGIN `. */
const encodedStart = Buffer.from('-----BEGIN ').toString('base64').slice(0, 14);

function decodedPem(text: string): string {
  if (text.includes('-----BEGIN ')) return text;
  const bare = text.replaceAll(/\\+[rn]|[\s"']/g, '');
  return bare.startsWith(encodedStart) ? Buffer.from(bare, 'base64').toString('utf8') : text;
}
