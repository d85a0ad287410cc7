import type { Values } from '../options/definition.ts';

/** A command or a noun, as plain data. */
export interface TreeNode {
  /** What its help says. */
  readonly about: string;
  /** The words that may follow it, in the order of help; none after a command. */
  readonly words: readonly string[];
  readonly options: readonly TreeOption[];
  readonly positionals: readonly TreePositional[];
}

export interface TreeOption {
  /** As they may be written, the long form first: `--yes`, `-y`. */
  readonly flags: readonly string[];
  readonly about: string;
  /** Whether a value follows it; an `optional` one does where the next word is no option. */
  readonly value: 'none' | 'required' | 'optional';
  readonly repeatable: boolean;
  readonly values: Values | undefined;
}

export interface TreePositional {
  readonly name: string;
  readonly required: boolean;
  readonly repeatable: boolean;
  readonly values: Values | undefined;
}

/** What completion knows of the command tree, by path. */
export type CompletionTree = Readonly<Record<string, TreeNode>>;
