import enquirer from 'enquirer';
import { interrupted } from '../errors.ts';

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
