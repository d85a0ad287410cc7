import enquirer from 'enquirer';
import { interrupted } from '../errors.ts';

/** Asks for a line of text on the terminal, on stderr. @throws {AnonError} `interrupted` on Ctrl-C */
export async function askText(message: string): Promise<string> {
  return String(await ask({ type: 'input', message })).trim();
}

/** Asks for a line that is not shown while it is typed. */
export async function askSecret(message: string): Promise<string> {
  return String(await ask({ type: 'invisible', message })).trim();
}

/** Asks to choose one, by the arrow keys; answers its value. */
export async function askChoice(
  message: string,
  choices: readonly { value: string; label: string }[],
): Promise<string> {
  const named = choices.map(({ value, label }) => ({ name: value, message: label }));
  return String(await ask({ type: 'select', message, choices: named }));
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
  const { stderr } = process;
  // A terminal may not tell its size, and would then be taken for one without room for a list.
  const screen = { stdout: stderr, rows: stderr.rows || 24, columns: stderr.columns || 80 };
  let leave = () => {};
  // Once stdin has ended nothing keeps the process, which would end as if all were done.
  const gone = new Promise<never>((_, reject) => {
    leave = reject;
    process.once('beforeExit', leave);
  });
  try {
    const asked = { ...question, ...screen, name: 'answer' } as unknown as Parameters<typeof enquirer.prompt>[0];
    const { answer } = await Promise.race([enquirer.prompt<{ answer: unknown }>(asked), gone]);
    return answer;
  } catch {
    // Enquirer rejects with an empty text when the prompt is cancelled.
    throw interrupted();
  } finally {
    process.off('beforeExit', leave);
  }
}
