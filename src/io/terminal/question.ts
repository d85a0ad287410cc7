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

/** Breaks a text at its spaces into lines of so many columns. */
export type Wrap = (text: string, columns: number) => readonly string[];

/** What of enquirer's prompt its options see. */
interface Shown {
  readonly state: { readonly status: 'pending' | 'submitted' | 'cancelled' };
  readonly styles: { readonly primary: (text: string) => string; readonly strong: (text: string) => string };
}

/** What stands before and behind a question: `? … ‣ `. */
const aroundQuestion = 6;
/** The least that an answer is typed in beside it. */
const leastAnswer = 12;

/**
 * A question in as many lines as it takes. Enquirer knows only one line of it: those before the last are a header while
 * it is asked, and a part of it once it is answered.
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

/** What was answered, behind the question or below it. */
export function answerLines(message: string, answer: string, wrap: Wrap): string {
  const { columns } = questionScreen();
  if (answer === '' || message.length + aroundQuestion + answer.length <= columns) return answer;
  return `\n  ${wrap(answer, columns - 2).join('\n  ')}`;
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
