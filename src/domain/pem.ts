/** A block of PEM as every reader takes it: lines of 64 characters, line feeds, nothing around it. */
export interface PemBlock {
  /** `PRIVATE KEY`, `CERTIFICATE`. */
  readonly label: string;
  readonly text: string;
  /** It takes a passphrase to read it. */
  readonly encrypted: boolean;
}

// Without a label at the end in place of the one at the beginning it is damaged, and nothing here puts that right.
const block = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----).)*)-----END \1-----/gs;

/**
 * The PEM blocks in a text, in whatever form variables, YAML, JSON and secret managers leave them: line breaks written as
 * `\n`, turned into blanks or gone, lines that are indented, joined by a program, or end in CR alone, text before and behind, or all of it
 * in base64 once more.
 */
export function pemBlocks(text: string): PemBlock[] {
  return [...armoured(text).matchAll(block)].map(([, label = '', inside = '']) => {
    const encrypted = label.startsWith('ENCRYPTED ') || /Proc-Type:\s*4,\s*ENCRYPTED/.test(inside);
    const body = inside.replaceAll(/\\+[rn]|["'][ \t]*\+(?=[\s"'])|[^A-Za-z\d+/=]/g, '');
    const lines = body.match(/.{1,64}/g) ?? [];
    return { label, encrypted, text: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n') };
  });
}

/** Whether a text is meant to be PEM, readable or not. */
export function looksLikePem(text: string): boolean {
  return armoured(text).includes('-----BEGIN ');
}

/** What base64 of a text that begins with `-----BEGIN ` begins with. */
const beginning = Buffer.from('-----BEGIN ').toString('base64').slice(0, 14);

function armoured(text: string): string {
  if (text.includes('-----BEGIN ')) return text;
  const bare = text.replaceAll(/\\+[rn]|[\s"']/g, '');
  return bare.startsWith(beginning) ? Buffer.from(bare, 'base64').toString('utf8') : text;
}
