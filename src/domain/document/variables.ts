/** Looks up an environment variable. */
export type Variables = (name: string) => string | undefined;

/** A text in which references are replaced, or what is wrong with one of them. */
export type Expanded =
  | { readonly text: string; readonly replaced: boolean }
  | {
      /** As it is written. */
      readonly reference: string;
      readonly message: string;
      readonly hint: string;
    };

const opening = '$\u007b';
const reference = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** Replaces `${NAME}` and `${NAME:-default}`, whose default also stands for an empty variable; `$${` stands for `${`. */
export function expanded(text: string, variables: Variables): Expanded {
  if (!text.includes(opening)) return { text, replaced: false };
  let replaced = false;
  let result = '';
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [written, inside = '', brace] = match;
    result += text.slice(end, match.index);
    end = match.index + written.length;
    replaced = true;
    if (written === `$${opening}`) {
      result += opening;
      continue;
    }
    const value = referenced(inside, brace === '}', variables);
    if (typeof value !== 'string') return { reference: written, ...value };
    result += value;
  }
  return { text: result + text.slice(end), replaced };
}

function referenced(inside: string, closed: boolean, variables: Variables): string | { message: string; hint: string } {
  const [, name = '', fallback] = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inside) ?? [];
  if (name === '' || !closed) {
    return {
      message: `'${opening}${inside.slice(0, 40)}${closed ? '}' : ''}' is not a reference to an environment variable.`,
      hint: `Write ${opening}NAME} or ${opening}NAME:-default}; $${opening} stands for ${opening} itself.`,
    };
  }
  const value = variables(name);
  if (fallback !== undefined) return value || fallback;
  if (value !== undefined) return value;
  return {
    message: `The environment variable ${name} is not set.`,
    hint: `Set it, or give a default: ${opening}${name}:-default}`,
  };
}
