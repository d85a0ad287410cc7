import enquirer from 'enquirer';
import { answered, answerLines, questionLines, questionScreen, type Wrap } from './question.ts';

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
export async function askText(message: string, wrap: Wrap): Promise<string> {
  const format = answerAs(message, (value) => value, wrap);
  return String(await ask({ type: 'input', message, format }, wrap)).trim();
}

/** Asks for a line that is not shown while it is typed. */
export async function askSecret(message: string, wrap: Wrap): Promise<string> {
  return String(await ask({ type: 'invisible', message }, wrap)).trim();
}

/** Asks a yes-or-no question on the terminal, on stderr; no is the default. @throws {AnonError} `interrupted` on Ctrl-C */
export async function confirm(message: string, wrap: Wrap): Promise<boolean> {
  const answer = await ask(
    {
      type: 'confirm',
      message,
      initial: false,
      format: answerAs(`${message} (y/N)`, (value) => (/^(y|true)/i.test(value) ? 'yes' : 'no'), wrap),
    },
    wrap,
  );
  return answer === true;
}

interface Question {
  readonly type: string;
  readonly message: string;
  readonly [option: string]: unknown;
}

/** How an answer is shown while it is given, and then in lines no word of which is broken. */
function answerAs(message: string, shown: (value: string) => string, wrap: Wrap) {
  return function format(this: { readonly state: { readonly submitted: boolean } }, value: unknown): string {
    const text = shown(String(value ?? ''));
    return this.state.submitted ? answerLines(message, text, wrap) : text;
  };
}

async function ask(question: Question, wrap: Wrap): Promise<unknown> {
  const lines = questionLines(question.message, wrap);
  const asked = { ...question, ...questionScreen(), ...lines, name: 'answer' } as unknown;
  const { answer } = await answered(
    enquirer.prompt<{ answer: unknown }>(asked as Parameters<typeof enquirer.prompt>[0]),
  );
  return answer;
}
