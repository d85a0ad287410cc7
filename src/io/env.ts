/** Variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * A variable's value without what files, containers and editors add around it: white space, line ends, zero-width
 * characters, and the pair of quotation marks that `docker --env-file` passes on.
 */
export function cleanValue(raw: string): string {
  const text = trimmed(raw);
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  return quoted ? trimmed(quoted[2] ?? '') : text;
}

const around = /^[\s\u200b-\u200d\u2060\ufeff]$/;

/** Character by character: a regular expression anchored at the end takes quadratic time on a run of blanks. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && around.test(text.charAt(start))) start += 1;
  while (start < end && around.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
