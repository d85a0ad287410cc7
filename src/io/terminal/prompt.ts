import enquirer from 'enquirer';
import { answered, questionScreen } from './answered.ts';

/** One of what a person chooses from. */
export interface Choice {
  /** What it is known by; each only once. Its beginning is searched. */
  readonly value: string;
  /** What is shown of it, all of which is searched. */
  readonly label: string;
  /** What is shown beside it. */
  readonly note?: string;
  /** Chosen unless taken away; where more than one may be chosen. */
  readonly selected?: boolean;
}

/** What a person chose, or the name of what is to be new: what was typed, which may be nothing. */
export type ChoiceOrNew = { readonly value: string } | { readonly name: string };

/** What a person is asked. What is typed into `secret` is not shown. */
export interface Prompts {
  text(question: string): Promise<string>;
  secret(question: string): Promise<string>;
  /** The value of the choice that was made; the first is the default. */
  choose(question: string, choices: readonly Choice[]): Promise<string>;
  /** The same, or something new, which is a `noun`. */
  chooseOrNew(question: string, choices: readonly Choice[], noun: string): Promise<ChoiceOrNew>;
  /** The values of those that were chosen, at least one. */
  chooseMany(question: string, choices: readonly Choice[]): Promise<readonly string[]>;
}

/** Asks for a line of text on the terminal, on stderr. @throws {AnonError} `interrupted` on Ctrl-C */
export async function askText(message: string): Promise<string> {
  return String(await ask({ type: 'input', message })).trim();
}

/** Asks for a line that is not shown while it is typed. */
export async function askSecret(message: string): Promise<string> {
  return String(await ask({ type: 'invisible', message })).trim();
}

/** Asks a yes-or-no question on the terminal, on stderr; no is the default. @throws {AnonError} `interrupted` on Ctrl-C */
export async function confirm(message: string): Promise<boolean> {
  const answer = await ask({
    type: 'confirm',
    message,
    initial: false,
    format: (value: unknown) => (/^(y|true)/i.test(String(value)) ? 'yes' : 'no'),
  });
  return answer === true;
}

interface Question {
  readonly type: string;
  readonly message: string;
  readonly [option: string]: unknown;
}

async function ask(question: Question): Promise<unknown> {
  const asked = { ...question, ...questionScreen(), name: 'answer' } as unknown;
  const { answer } = await answered(
    enquirer.prompt<{ answer: unknown }>(asked as Parameters<typeof enquirer.prompt>[0]),
  );
  return answer;
}
