import { isShellName, type ShellName } from './shells.ts';

/** What the script of a shell asks. */
export interface Request {
  readonly shell: ShellName;
  /** The words before the one at the cursor, without the program's name. */
  readonly words: readonly string[];
  /** What stands before the cursor of that one; in bash as it was typed, quotes and all. */
  readonly typed: string;
}

/** The words with which the scripts call back. They are no command: people have no use for them. */
export function requestWords(shell: ShellName): string[] {
  return ['complete', shell, '--'];
}

/** Undefined for a command line that is no such request. */
export function completionRequest(argv: readonly string[]): Request | undefined {
  const [word, shell, dashes, ...words] = argv;
  if (word !== 'complete' || !isShellName(shell) || dashes !== '--') return undefined;
  return { shell, words: words.slice(0, -1), typed: words.at(-1) ?? '' };
}
