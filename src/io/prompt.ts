import enquirer from 'enquirer';
import { interrupted } from '../errors.ts';

/** Asks a yes-or-no question on the terminal, on stderr; no is the default. @throws {AnonError} `interrupted` on Ctrl-C */
export function confirm(message: string): Promise<boolean> {
  return answer<boolean>({
    type: 'confirm',
    message,
    initial: false,
    format: (value: unknown) => (/^(y|true)/i.test(String(value)) ? 'yes' : 'no'),
  });
}

/** Asks for a line of text on the terminal, on stderr. @throws {AnonError} `interrupted` on Ctrl-C */
export async function askText(message: string): Promise<string> {
  return (await answer<string>({ type: 'input', message })).trim();
}

/** Asks for a line that is not shown while it is typed. */
export async function askSecret(message: string): Promise<string> {
  return (await answer<string>({ type: 'invisible', message })).trim();
}

/** Asks to choose one, by the arrow keys; answers its value. */
export function askChoice(message: string, choices: readonly { value: string; label: string }[]): Promise<string> {
  return answer<string>({
    type: 'select',
    message,
    choices: choices.map(({ value, label }) => ({ name: value, message: label })),
  });
}

async function answer<Answer>(question: { type: string; message: string; [option: string]: unknown }): Promise<Answer> {
  try {
    const asked = { ...question, name: 'answer', stdout: process.stderr };
    const { answer: given } = await enquirer.prompt<{ answer: Answer }>(asked as Parameters<typeof enquirer.prompt>[0]);
    return given;
  } catch {
    // Enquirer rejects with an empty text when the prompt is cancelled.
    throw interrupted();
  }
}
