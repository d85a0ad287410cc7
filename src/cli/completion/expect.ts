import type { LiveKind, Values } from '../options/definition.ts';
import type { CompletionTree, TreeNode, TreeOption } from './tree.ts';

/** The words before the one to complete, parsed. */
interface Line {
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
function readLine(tree: CompletionTree, words: readonly string[]): Line | undefined {
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
function keyOf({ flags }: TreeOption): string {
  return flags[0] ?? '';
}

/** A word that may be inserted at the cursor. */
export interface Candidate {
  readonly text: string;
  /** Its description, for shells that show it. */
  readonly about: string;
}

/** A request for the names of `kind` that begin with `prefix`. */
export interface LookUp {
  readonly kind: LiveKind;
  readonly prefix: string;
  /** The part of the word before the name: `--app=`, or in a list `read:cart,`. */
  readonly before: string;
  /** Names that the list already has. */
  readonly without: readonly string[];
  /** The API on the line, for its scopes. */
  readonly api: string | undefined;
  /** The application on the line, for its URLs. */
  readonly app: string | undefined;
  /** The options on the line, by their long flags: some of them select the tenant. */
  readonly options: Readonly<Record<string, string>>;
}

/** What can complete the word at the cursor: candidates, names to look up, or files after the prefix `file`: `--key=`. */
export interface Expected {
  readonly candidates: readonly Candidate[];
  readonly lookUp?: LookUp;
  readonly file?: string;
}

const nothing: Expected = { candidates: [] };

/**
 * What can follow on a line, from the command tree alone. `words` are those before the one at the cursor, without
 * the program's name; `current` is what stands before the cursor of that one. Nothing for a line that is wrong.
 */
export function expectedAfter(tree: CompletionTree, words: readonly string[], current: string): Expected {
  const line = readLine(tree, words);
  if (!line) return nothing;
  if (line.open?.value === 'required' || (line.open && !current.startsWith('-'))) {
    return expectedValue(line, line.open.values, '', current);
  }
  if (!line.ended && current.startsWith('-')) {
    const [, flag = '', value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
    if (value === undefined) return { candidates: flagsLeft(line) };
    const option = line.options.find(({ flags }) => flags.includes(flag));
    return option ? expectedValue(line, option.values, `${flag}=`, value) : nothing;
  }
  if (line.node.words.length > 0) return { candidates: line.ended ? [] : commandWords(tree, line) };
  return line.help ? nothing : expectedPositional(line, current);
}

function commandWords(tree: CompletionTree, { path, node }: Line): Candidate[] {
  return node.words.map((word) => ({
    text: word,
    about: tree[path === '' ? word : `${path} ${word}`]?.about ?? '',
  }));
}

function expectedPositional(line: Line, current: string): Expected {
  const { positionals } = line.node;
  const last = positionals.at(-1);
  const next = positionals[line.positionals.length] ?? (last?.repeatable ? last : undefined);
  const values = next && valuesHere(line, next.values);
  if (values) return expectedValue(line, values, '', current);
  // A required positional comes first and its values are unknown; offering options would be misleading.
  if (next?.required || current !== '' || line.ended) return nothing;
  return { candidates: flagsLeft(line) };
}

/** The options that are not given yet or repeatable, in their long form. */
function flagsLeft({ options, given }: Line): Candidate[] {
  const left = (option: TreeOption) => option.repeatable || !given.has(keyOf(option));
  return options.filter(left).map((option) => ({ text: keyOf(option), about: option.about }));
}

function valuesHere({ positionals }: Line, values: Values | undefined): Values | undefined {
  if (!values || !('first' in values)) return values;
  const first = positionals[0] ?? '';
  return Object.hasOwn(values.first, first) ? values.first[first] : undefined;
}

function expectedValue(line: Line, values: Values | undefined, before: string, current: string): Expected {
  const known = valuesHere(line, values);
  if (!known) return nothing;
  if ('words' in known) return { candidates: known.words.map((word) => ({ text: `${before}${word}`, about: '' })) };
  if ('file' in known) return { candidates: [], file: before };
  if (!('live' in known)) return nothing;
  const listed = known.list ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  return {
    candidates: [],
    lookUp: {
      kind: known.live,
      prefix: current.slice(listed.length),
      before: `${before}${listed}`,
      without: listed.split(',').filter((one) => one !== ''),
      api: namedOnLine(line, 'api'),
      app: namedOnLine(line, 'app'),
      options: Object.fromEntries(line.given),
    },
  };
}

/** The API or the application on the line: a positional or the value of the option. */
function namedOnLine(line: Line, kind: 'api' | 'app'): string | undefined {
  const index = line.node.positionals.findIndex(({ values }) => values && 'live' in values && values.live === kind);
  return line.given.get(`--${kind}`) || line.positionals[index];
}
