import { AnonError, type ErrorCode, isAnonError } from '../../errors.ts';
import type { Context } from '../world/context.ts';

/** Errors that another answer may avoid. */
const retryable: readonly ErrorCode[] = ['usage', 'not_found', 'ambiguous', 'not_authorised'];

/**
 * Repeats a question until `read` accepts the answer; each refusal is shown. Ctrl-C leaves.
 * @throws {AnonError} any error that another answer cannot avoid
 */
export async function askUntilAccepted<Answer, Result>(
  { terminal }: Pick<Context, 'terminal'>,
  ask: () => Promise<Answer>,
  read: (answer: Answer) => Result | Promise<Result>,
): Promise<Result> {
  for (;;) {
    const answer = await ask();
    try {
      return await read(answer);
    } catch (error) {
      if (!isAnonError(error) || !retryable.includes(error.code)) throw error;
      await noteRefusal(terminal, error);
    }
  }
}

/** Shows why an answer was refused, before the question is repeated. */
export async function noteRefusal(terminal: Context['terminal'], error: AnonError): Promise<void> {
  const { renderError } = await import('../render/error.ts');
  const { noteColour, noteColumns: columns, palette } = terminal;
  terminal.note(
    renderError(error, { json: false, palette: noteColour && palette, columns, warnings: [], exitCode: 0 }),
  );
}

/** Asks for a text that is not empty. */
export function askText(context: Pick<Context, 'terminal' | 'prompts'>, question: string): Promise<string> {
  return askUntilAccepted(context, () => context.prompts.text(question), nonEmpty);
}

/** Asks for a text that is not empty, without showing what is typed. */
export function askSecret(context: Pick<Context, 'terminal' | 'prompts'>, question: string): Promise<string> {
  return askUntilAccepted(context, () => context.prompts.secret(question), nonEmpty);
}

function nonEmpty(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new AnonError('usage', 'Please answer.', { hint: 'Ctrl-C leaves; nothing has been saved or sent.' });
}
