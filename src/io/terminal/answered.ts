import { interrupted } from '../../errors.ts';
import { wantsColour } from './terminal.ts';

/**
 * Where questions are asked. A terminal may not tell its size, and would then be taken for one without room for a list.
 * Of what a user says of colours enquirer hears only FORCE_COLOR.
 */
export function questionScreen() {
  const { stderr } = process;
  const styles = { enabled: wantsColour(process.env, stderr.isTTY) };
  return { stdout: stderr, rows: stderr.rows || 24, columns: stderr.columns || 80, styles };
}

/** What a person answers. @throws {AnonError} `interrupted` on Ctrl-C, and where nobody is left to answer */
export async function answered<Answer>(question: Promise<Answer>): Promise<Answer> {
  let leave = () => {};
  // Once stdin has ended nothing keeps the process, which would end as if all were done.
  const gone = new Promise<never>((_, reject) => {
    leave = reject;
    process.once('beforeExit', leave);
  });
  try {
    return await Promise.race([question, gone]);
  } catch {
    // Enquirer rejects with an empty text when the prompt is cancelled.
    throw interrupted();
  } finally {
    process.off('beforeExit', leave);
  }
}
