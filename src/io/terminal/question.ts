import { interrupted } from '../../errors.ts';
import { wantsColour } from './terminal.ts';

/**
 * Enquirer's options for the terminal. A terminal that doesn't report its size would get no room for a list. Of the
 * variables for colour, enquirer reads only FORCE_COLOR.
 */
export function questionScreen() {
  const { stderr } = process;
  const styles = { enabled: wantsColour(process.env, stderr.isTTY) };
  return { stdout: stderr, rows: stderr.rows || 24, columns: stderr.columns || 80, styles };
}

/** Breaks a text at its spaces into lines of at most `columns` columns. */
export type Wrap = (text: string, columns: number) => readonly string[];

/** The part of enquirer's prompt that its options may use. */
interface Shown {
  readonly state: { readonly status: 'pending' | 'submitted' | 'cancelled' };
  readonly styles: { readonly primary: (text: string) => string; readonly strong: (text: string) => string };
}

/** Columns around a question: `? … ‣ `. */
const aroundQuestion = 6;
/** The fewest columns for an answer beside the question. */
const leastAnswer = 12;

/**
 * A question of several lines. Enquirer supports one: the lines before the last are its header until the answer is
 * submitted, and then part of the message.
 */
export function questionLines(message: string, wrap: Wrap) {
  const { columns } = questionScreen();
  const isShort = message.length + aroundQuestion + leastAnswer <= columns;
  const lines = isShort ? [message] : wrap(message, columns - aroundQuestion - leastAnswer);
  const [last = '', ...before] = lines.toReversed();
  if (before.length === 0) return { message };
  return {
    message(this: Shown) {
      return this.styles.strong(this.state.status === 'pending' ? last : lines.join('\n  '));
    },
    header(this: Shown) {
      const marks = [this.styles.primary('?')];
      return before
        .toReversed()
        .map((line) => `${marks.pop() ?? ' '} ${this.styles.strong(line)}`)
        .join('\n');
    },
    prefix: { pending: ' ', submitted: '✔', cancelled: '✖' },
  };
}

/** The submitted answer, after the question or below it. */
export function answerLines(message: string, answer: string, wrap: Wrap): string {
  const { columns } = questionScreen();
  if (answer === '' || message.length + aroundQuestion + answer.length <= columns) return answer;
  return `\n  ${wrap(answer, columns - 2).join('\n  ')}`;
}

/** Waits for an answer. @throws {AnonError} `interrupted` on Ctrl-C and at the end of stdin */
export async function awaitAnswer<Answer>(question: Promise<Answer>): Promise<Answer> {
  let leave = () => {};
  // At the end of stdin nothing keeps the process alive, and it would exit as if the command had succeeded.
  const gone = new Promise<never>((_, reject) => {
    leave = reject;
    process.once('beforeExit', leave);
  });
  try {
    return await Promise.race([question, gone]);
  } catch {
    // Enquirer rejects with an empty string when the prompt is cancelled.
    throw interrupted();
  } finally {
    process.off('beforeExit', leave);
  }
}
