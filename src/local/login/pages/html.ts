import { createHash } from 'node:crypto';

/** HTML made by {@link html}: it is sent as it is. Only this file can make one. */
class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Html = Markup;

/** What can be filled in. There is no `undefined`: a part that may be missing is {@link nothing}. */
export type Part = Html | string | number | readonly Part[];

/**
 * HTML from a template. Strings that are filled in are escaped, as text or in an attribute with double quotes; HTML and lists
 * of it are nested.
 * @throws TypeError for other values, and for an attribute without double quotes.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = literals[0] ?? '';
  for (const [index, part] of parts.entries()) {
    if (/(^|<)[^<>]*=\s*'?$/.test(literals[index] ?? ''))
      throw new TypeError('an attribute that is filled in needs double quotes');
    text += rendered(part) + (literals[index + 1] ?? '');
  }
  return new Markup(text);
}

export const nothing = html``;

function rendered(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(rendered).join('');
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  throw new TypeError(`cannot be filled into HTML: ${typeof part}`);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // A parser of HTML would make it a line feed.
  '\r': '&#13;',
  // HTML cannot express it. A parser would drop it in text, and replace it like this in attributes.
  '\0': '\u{FFFD}',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"'\r\0]/g, (character) => entities[character] ?? character);
}

const runnable: readonly string[] = ['javascript:', 'vbscript:', 'data:', 'blob:'];

/**
 * `url` for an attribute that a browser follows; it may be relative.
 * @throws TypeError for one that is not a URL, or that would run as a page or script of the tenant.
 */
export function address(url: string): string {
  if (runnable.includes(new URL(url, 'https://tenant.invalid').protocol)) {
    throw new TypeError('a page does not link to an address that runs as script');
  }
  return url;
}

/** A style sheet or script in a page, and the source by which the page's CSP allows it and nothing else. */
export interface Inline {
  readonly element: Html;
  /** `'sha256-…'` */
  readonly source: string;
}

/** `content` is a constant of this folder: nothing in it is escaped. */
export function inline(name: 'style' | 'script', content: string): Inline {
  if (/<[/!]/.test(content)) throw new TypeError(`the content would end its <${name}>`);
  const hash = createHash('sha256').update(content).digest('base64');
  return { element: new Markup(`<${name}>${content}</${name}>`), source: `'sha256-${hash}'` };
}

/** Data for a script of the page. It cannot run, so CSP does not apply to it. @see HTML, section 4.12.1 */
export function jsonBlock(id: string, value: object): Html {
  const json = JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return html`<script type="application/json" id="${id}">${new Markup(json)}</script>`;
}
