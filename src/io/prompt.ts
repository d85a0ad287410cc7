import enquirer from 'enquirer';
import { interrupted } from '../errors.ts';

/** Asks a yes-or-no question on the terminal, on stderr; no is the default. @throws {AnonError} `interrupted` on Ctrl-C */
export async function confirm(message: string): Promise<boolean> {
  return answered(
    enquirer.prompt<{ answer: boolean }>({
      type: 'confirm',
      name: 'answer',
      message,
      initial: false,
      format: (value) => (/^(y|true)/i.test(String(value)) ? 'yes' : 'no'),
      stdout: process.stderr,
    }),
  );
}

/** Asks for a line of text on the terminal, on stderr. @throws {AnonError} `interrupted` on Ctrl-C */
export async function ask(message: string): Promise<string> {
  return answered(
    enquirer.prompt<{ answer: string }>({ type: 'input', name: 'answer', message, stdout: process.stderr }),
  );
}

async function answered<Answer>(prompt: Promise<{ answer: Answer }>): Promise<Answer> {
  try {
    return (await prompt).answer;
  } catch {
    // Enquirer rejects with an empty text when the prompt is cancelled.
    throw interrupted();
  }
}
