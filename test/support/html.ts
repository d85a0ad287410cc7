/** An HTML document, as far as tests look at it. */
export interface ReadHtml {
  /** Each start tag: its name and the names of its attributes. */
  readonly tags: readonly string[];
  /** What was filled in: texts and attributes' values, with their character references read. */
  readonly values: readonly string[];
  /** The contents of elements of type application/json. */
  readonly data: readonly string[];
}

const tag = /^<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>/;

/**
 * Reads a document that is written strictly: small letters, and double quotes around every value. So a text that is not
 * escaped shows in `tags`, or ends this with an error.
 */
export function readHtml(html: string): ReadHtml {
  const [tags, values, data]: string[][] = [[], [], []];
  let rest = html.replace(/^<!doctype html>/i, '');
  while (rest !== '') {
    const text = /^[^<>]+/.exec(rest)?.[0];
    if (text !== undefined) {
      values?.push(unescaped(text));
      rest = rest.slice(text.length);
      continue;
    }
    const [all = '', end, name = '', attributes = ''] = tag.exec(rest) ?? [];
    if (all === '') throw new Error(`not strict HTML: ${rest.slice(0, 60)}`);
    rest = rest.slice(all.length);
    if (end) continue;
    const named = [...attributes.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g)];
    tags?.push([name, ...named.map(([, attribute = '']) => attribute)].join(' '));
    values?.push(...named.map(([, , value = '']) => unescaped(value)));
    if (name !== 'script' && name !== 'style') continue;
    const content = rest.slice(0, rest.indexOf(`</${name}`));
    if (attributes.includes('application/json')) data?.push(content);
    else tags?.push(content);
    rest = rest.slice(content.length);
  }
  return { tags: tags ?? [], values: values ?? [], data: data ?? [] };
}

/** A text with its character references read. */
export function unescaped(html: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return html.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (hex || decimal) return String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10));
    return named[name] ?? all;
  });
}

/** The hidden fields of the first form on a page. */
export function hiddenFields(html: string): Record<string, string> {
  const [form = ''] = /<form[\s\S]*?<\/form>/.exec(html) ?? [];
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [unescaped(name), unescaped(value)]));
}

/** What a page of response mode web_message posts, and to which origin. */
export function postedMessage(html: string): { targetOrigin?: string; response?: Record<string, string> } {
  const [message = '{}'] = readHtml(html).data;
  return JSON.parse(message);
}
