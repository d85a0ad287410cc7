import type { Values } from '../options/definition.ts';

/** A command or a noun, as plain data. */
export interface TreeNode {
  /** Its description in help. */
  readonly about: string;
  /** The words that may follow it, in the order of help; empty for a command. */
  readonly words: readonly string[];
  readonly options: readonly TreeOption[];
  readonly positionals: readonly TreePositional[];
}

export interface TreeOption {
  /** The long form first: `--yes`, `-y`. */
  readonly flags: readonly string[];
  readonly about: string;
  /** Whether a value follows; an `optional` one does unless the next word is an option. */
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
