import enquirer from 'enquirer';
import type { Choice } from './prompt.ts';

// What the picker takes from enquirer, whose type declarations leave its prompts out.

/** A choice as enquirer keeps it. */
export interface Row {
  readonly name: string;
  readonly message: string;
  /** Undefined for the one that stands for something new. */
  readonly choice: Choice | undefined;
  enabled: boolean;
}

/** A key that is no text, as Node.js names it. */
export interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
}

/** Keys that mean something in a list; of the others enquirer would take some for text, and add or remove rows by some. */
export const knownKeys = [
  'up',
  'down',
  'pageup',
  'pagedown',
  'home',
  'end',
  'return',
  'enter',
  'escape',
  'backspace',
  'space',
];

type Style = (text: string) => string;

/** Its prompt with a list. */
export interface AutoComplete {
  choices: Row[];
  index: number;
  input: string;
  cursor: number;
  readonly multiple: boolean;
  readonly selected: Row | Row[];
  readonly visible: readonly Row[];
  readonly state: { _choices: Row[]; limit: number | undefined; submitted: boolean; cancelled?: boolean };
  readonly styles: Readonly<Record<'primary' | 'muted' | 'success', Style>>;
  alert(): void;
  keypress(text: string | undefined, key?: Key): Promise<void>;
  render(): Promise<void>;
  run(): Promise<unknown>;
  toChoices(rows: readonly object[]): Promise<Row[]>;
}

interface Prompts {
  readonly AutoComplete: new (options: object) => AutoComplete;
  readonly Select: { readonly prototype: Pick<AutoComplete, 'render'> };
}

export const { AutoComplete, Select } = enquirer as unknown as Prompts;
