/** `text` as one word for a POSIX shell, quoted only if necessary: for commands that a user may paste. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
