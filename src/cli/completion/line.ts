import type { CompletionTree, TreeNode, TreeOption } from './tree.ts';

/** The words before the one to complete, parsed. */
export interface Line {
  /** The noun or command that the words name. */
  readonly path: string;
  readonly node: TreeNode;
  /** The options that it takes; for a noun, the global ones. */
  readonly options: readonly TreeOption[];
  readonly positionals: readonly string[];
  /** The given options, by the first of their flags, with their values or an empty text. */
  readonly given: ReadonlyMap<string, string>;
  /** The option that waits for its value. */
  readonly open: TreeOption | undefined;
  /** `--` was given: only positionals follow. */
  readonly ended: boolean;
  /** `help` was the first word: only command words follow. */
  readonly help: boolean;
}

/** Parses the words of an unfinished line. Undefined if one of them is unknown. */
export function readLine(tree: CompletionTree, words: readonly string[]): Line | undefined {
  const root = tree[''];
  if (!root) return undefined;
  const given = new Map<string, string>();
  const positionals: string[] = [];
  let path = '';
  let node = root;
  let open: TreeOption | undefined;
  let ended = false;
  let help = false;
  for (const word of words) {
    const options = optionsOf(root, path, node);
    if (open && (open.value === 'required' || !isOption(word))) {
      given.set(keyOf(open), word);
      open = undefined;
    } else if (ended) {
      positionals.push(word);
    } else if (word === '--') {
      open = undefined;
      ended = true;
    } else if (isOption(word)) {
      const found = optionIn(options, word);
      if (found) given.set(keyOf(found.option), found.value ?? '');
      open = found && found.value === undefined && found.option.value !== 'none' ? found.option : undefined;
    } else if (word === 'help' && path === '' && !help) {
      help = true;
    } else if (node.words.length === 0) {
      positionals.push(word);
    } else {
      if (!node.words.includes(word)) return undefined;
      path = path === '' ? word : `${path} ${word}`;
      const next = tree[path];
      if (!next) return undefined;
      node = next;
    }
  }
  return { path, node, options: optionsOf(root, path, node), positionals, given, open, ended, help };
}

/** A command's node includes the global options; a noun takes only the global ones. */
function optionsOf(root: TreeNode, path: string, node: TreeNode): readonly TreeOption[] {
  if (path === '' || node.words.length === 0) return node.options;
  return root.options.filter(({ flags }) => !flags.includes('--version'));
}

/** `-` alone is a value, for stdin. */
function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** The option that a word names, with the value after `=` or directly after a short flag. */
function optionIn(
  options: readonly TreeOption[],
  word: string,
): { option: TreeOption; value: string | undefined } | undefined {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  const flag = equals < 0 ? word : word.slice(0, equals);
  const whole = options.find(({ flags }) => flags.includes(flag));
  if (whole) return { option: whole, value: equals < 0 ? undefined : word.slice(equals + 1) };
  if (word.startsWith('--')) return undefined;
  const short = options.find(({ flags }) => flags.includes(word.slice(0, 2)));
  return short && { option: short, value: word.slice(2) };
}

/** Options of a noun and of a command count as the same if they have the same first flag. */
export function keyOf({ flags }: TreeOption): string {
  return flags[0] ?? '';
}
