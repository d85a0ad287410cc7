import { prompt, type Question } from './enquirer-prompt.ts';
import { answerLines, awaitAnswer, questionLines, questionScreen, type Wrap } from './question.ts';

/** A choice that a person can select. */
export interface Choice {
  /** A unique id. Its prefix is searched. */
  readonly value: string;
  /** The text that is shown. Any part of it is searched. */
  readonly label: string;
  /** Shown beside the label. */
  readonly note?: string;
  /** Selected at the start, where several choices are allowed. */
  readonly selected?: boolean;
}

/** The selected choice, or the typed name of a new item, which may be empty. */
export type ChoiceOrNew = { readonly value: string } | { readonly name: string };

/** Questions to a person. `secret` hides what is typed. */
export interface Prompts {
  text(question: string): Promise<string>;
  secret(question: string): Promise<string>;
  /** Returns the selected value; the first choice is the default. */
  choose(question: string, choices: readonly Choice[]): Promise<string>;
  /** Like `choose`, or a new `noun`. */
  chooseOrNew(question: string, choices: readonly Choice[], noun: string): Promise<ChoiceOrNew>;
  /** Returns the selected values, at least one. */
  chooseMany(question: string, choices: readonly Choice[]): Promise<readonly string[]>;
}

/** Asks for a line of text on the terminal, on stderr. @throws {AnonError} `interrupted` on Ctrl-C */
export async function askText(message: string, wrap: Wrap): Promise<string> {
  const format = answerAs(message, (value) => value, wrap);
  return String(await ask({ type: 'input', message, format }, wrap)).trim();
}

/** Asks for a line without showing what is typed. */
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

/** Shows the answer as it is typed, and once submitted in lines broken at spaces. */
function answerAs(message: string, shown: (value: string) => string, wrap: Wrap) {
  return function format(this: { readonly state: { readonly submitted: boolean } }, value: unknown): string {
    const text = shown(String(value ?? ''));
    return this.state.submitted ? answerLines(message, text, wrap) : text;
  };
}

function ask(question: Question, wrap: Wrap): Promise<unknown> {
  const lines = questionLines(question.message, wrap);
  return awaitAnswer(prompt({ ...question, ...questionScreen(), ...lines } as Question));
}
