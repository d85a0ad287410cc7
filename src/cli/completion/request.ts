/** The supported shells, by their names on the command line. */
export const shellNames = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type ShellName = (typeof shellNames)[number];

export function isShellName(text: string | undefined): text is ShellName {
  return (shellNames as readonly (string | undefined)[]).includes(text);
}

/** A request from the script of a shell. */
export interface Request {
  readonly shell: ShellName;
  /** The words before the one at the cursor, without the program's name. */
  readonly words: readonly string[];
  /** The part of that word before the cursor; from bash as typed, with quotes. */
  readonly typed: string;
}

/** The words that the scripts call the program with. Not a command for people. */
export function requestWords(shell: ShellName): string[] {
  return ['complete', shell, '--'];
}

/** Undefined for any other command line. */
export function completionRequest(argv: readonly string[]): Request | undefined {
  const [word, shell, dashes, ...words] = argv;
  if (word !== 'complete' || !isShellName(shell) || dashes !== '--') return undefined;
  return { shell, words: words.slice(0, -1), typed: words.at(-1) ?? '' };
}
