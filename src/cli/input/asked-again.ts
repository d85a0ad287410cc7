import { AnonError, type ErrorCode, isAnonError } from '../../errors.ts';
import type { Context } from '../world/context.ts';

/** What an answer may be refused for that another answer would not be. */
const refusals: readonly ErrorCode[] = ['usage', 'not_found', 'ambiguous', 'not_authorised'];

/**
 * Asks a person until `read` takes the answer: why one was refused is shown, and the same is asked again. Ctrl-C leaves.
 * @throws {AnonError} what another answer would not mend
 */
export async function askedUntil<Answer, Result>(
  { terminal }: Pick<Context, 'terminal'>,
  ask: () => Promise<Answer>,
  read: (answer: Answer) => Result | Promise<Result>,
): Promise<Result> {
  for (;;) {
    const answer = await ask();
    try {
      return await read(answer);
    } catch (error) {
      if (!isAnonError(error) || !refusals.includes(error.code)) throw error;
      await tellRefusal(terminal, error);
    }
  }
}

/** Why an answer will not do, before it is asked for again. */
export async function tellRefusal(terminal: Context['terminal'], error: AnonError): Promise<void> {
  const { renderError } = await import('../render/error.ts');
  const { noteColour, noteColumns: columns, palette } = terminal;
  terminal.note(
    renderError(error, { json: false, palette: noteColour && palette, columns, warnings: [], exitCode: 0 }),
  );
}

/** What a person types, which must be something. */
export function askedText(context: Pick<Context, 'terminal' | 'prompts'>, question: string): Promise<string> {
  return askedUntil(context, () => context.prompts.text(question), something);
}

/** The same, of which nothing is shown. */
export function askedSecret(context: Pick<Context, 'terminal' | 'prompts'>, question: string): Promise<string> {
  return askedUntil(context, () => context.prompts.secret(question), something);
}

function something(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new AnonError('usage', 'An answer is needed.', { hint: 'Ctrl-C leaves; nothing was saved or sent.' });
}
