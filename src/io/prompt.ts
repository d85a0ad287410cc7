import enquirer from 'enquirer';
import { interrupted } from '../errors.ts';

/** Asks for a line of text on the terminal, on stderr. @throws {AnonError} `interrupted` on Ctrl-C */
export function askText(message: string): Promise<string> {
  return ask({ type: 'input', message });
}

/** Asks for a line that is not shown while it is typed. */
export function askSecret(message: string): Promise<string> {
  return ask({ type: 'invisible', message });
}

/** Asks to choose one, by the arrow keys; answers its value. */
export function askChoice(message: string, choices: readonly { value: string; label: string }[]): Promise<string> {
  return ask({
    type: 'select',
    message,
    choices: choices.map(({ value, label }) => ({ name: value, message: label })),
  });
}

async function ask(question: { type: string; message: string; choices?: object[] }): Promise<string> {
  try {
    const asked = { ...question, name: 'answer', stdout: process.stderr };
    return (await enquirer.prompt<{ answer: string }>(asked as Parameters<typeof enquirer.prompt>[0])).answer.trim();
  } catch {
    throw interrupted();
  }
}

/** Asks a yes-or-no question on the terminal, on stderr; no is the default. @throws {AnonError} `interrupted` on Ctrl-C */
export async function confirm(message: string): Promise<boolean> {
  try {
    const { answer } = await enquirer.prompt<{ answer: boolean }>({
      type: 'confirm',
      name: 'answer',
      message,
      initial: false,
      format: (value) => (/^(y|true)/i.test(String(value)) ? 'yes' : 'no'),
      stdout: process.stderr,
    });
    return answer;
  } catch {
    // Enquirer rejects with an empty text when the prompt is cancelled.
    throw interrupted();
  }
}
