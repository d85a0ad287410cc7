/** `text` as one word of a POSIX shell, quoted only when it must be: for commands that a user may paste. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
