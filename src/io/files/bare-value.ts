/**
 * A variable's value without what files, containers and editors leave around it: blanks, line ends, characters without a
 * width, and a pair of quotation marks, which `docker --env-file` keeps.
 */
export function bareValue(raw: string): string {
  const text = trimmed(raw);
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  return quoted ? trimmed(quoted[2] ?? '') : text;
}

const around = /^[\s\u200b-\u200d\u2060\ufeff]$/;

/** Bit by bit: a pattern for the end would begin anew at each of many blanks. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && around.test(text.charAt(start))) start += 1;
  while (start < end && around.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
