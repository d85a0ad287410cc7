import enquirer from 'enquirer';
import type { Choice } from './prompt.ts';

// The parts of enquirer that are used here: its type declarations lack most of them.

/** A choice in enquirer's list. */
export interface Row {
  readonly name: string;
  readonly message: string;
  /** Undefined for the row that creates something new. */
  readonly choice: Choice | undefined;
  enabled: boolean;
}

/** A key that isn't text, with the name that Node.js gives it. */
export interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
}

/** Keys with a function in a list. Enquirer would treat some others as text, and add or remove rows on some. */
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

/** Enquirer's prompt with a list. */
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

/** A question with enquirer's options. */
export interface Question {
  readonly type: 'input' | 'invisible' | 'confirm';
  readonly message: string;
  readonly [option: string]: unknown;
}

/** Asks one question. Rejects when it is cancelled. */
export async function prompt(question: Question): Promise<unknown> {
  const named = { ...question, name: 'answer' } as unknown as Parameters<typeof enquirer.prompt>[0];
  const { answer } = await enquirer.prompt<{ answer: unknown }>(named);
  return answer;
}
