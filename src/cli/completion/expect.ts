import type { LiveKind, Values } from '../options/definition.ts';
import { keyOf, type Line, readLine } from './line.ts';
import type { CompletionTree, TreeOption } from './tree.ts';

/** What may stand where the cursor is. */
export interface Candidate {
  readonly text: string;
  /** What it is, for shells that show it. */
  readonly about: string;
}

/** Names to look up: those of `kind` that begin with `prefix`. */
export interface LookUp {
  readonly kind: LiveKind;
  readonly prefix: string;
  /** What the word has before the name: `--app=`, or with a list `read:cart,`. */
  readonly before: string;
  /** Not these, which the list has already. */
  readonly without: readonly string[];
  /** The API whose scopes are meant, where the line names one. */
  readonly api: string | undefined;
  /** The options of the line, by their long flags: some of them say which tenant is meant. */
  readonly options: Readonly<Record<string, string>>;
}

/** What the word at the cursor can become: words, names to look up, or files behind `file`, such as `--key=`. */
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
  // Something unknown has to come first: nothing can be said, and an option would be misleading.
  if (next?.required || current !== '' || line.ended) return nothing;
  return { candidates: flagsLeft(line) };
}

/** The options that were not given yet, or may be given again, in their long form. */
function flagsLeft({ options, given }: Line): Candidate[] {
  const left = (option: TreeOption) => option.repeatable || !given.has(keyOf(option));
  return options.filter(left).map((option) => ({ text: keyOf(option), about: option.about }));
}

function valuesHere({ positionals }: Line, values: Values | undefined): Values | undefined {
  if (!values || !('first' in values)) return values;
  const said = positionals[0] ?? '';
  return Object.hasOwn(values.first, said) ? values.first[said] : undefined;
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
      api: apiOf(line),
      options: Object.fromEntries(line.given),
    },
  };
}

/** The API that the line names, as a positional or by `--api`. */
function apiOf(line: Line): string | undefined {
  const index = line.node.positionals.findIndex(({ values }) => values && 'live' in values && values.live === 'api');
  return line.given.get('--api') || line.positionals[index];
}
