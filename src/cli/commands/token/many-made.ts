import type { Tally } from '../../../domain/session/create-many.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { AnonError, reworded } from '../../../errors.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { rate, timeText } from '../../render/progress.ts';
import type { Context } from '../../world/context.ts';
import type { Bulk, BulkOptions } from './bulk-options.ts';

interface Made {
  readonly bulk: Bulk;
  readonly tally: Tally;
  /** How many there are to be, and how many there were before. */
  readonly count: number;
  readonly before: number;
  readonly seconds: number;
}

/** Says what came of it. @throws {AnonError} what ended it early, with how many there are by then */
export function reportMany(
  context: Context,
  options: BulkOptions,
  { bulk, tally, count, before, seconds }: Made,
): void {
  const { made, lost, unread, failure } = tally;
  const there = before + made;
  if (lost > 0) {
    const answers = lost === 1 ? '1 answer was lost: a guest' : `${lost} answers were lost: as many guests`;
    context.warn(`${answers} may be at the service without anybody having the tokens.`);
  }
  const guests = count === 1 ? '1 guest' : `${count} guests`;
  const soFar = `${there} of ${guests} ${there === 1 ? 'is' : 'are'} made`;
  const resume = `--resume ${bulk.file ? shellWord(bulk.file.path) : '<the file they are in>'}`;
  if (failure) throw reworded(failure, { message: `${failure.message} ${soFar}; to go on: ${resume}` });
  if (unread) return;
  if (there < count) {
    throw new AnonError('interrupted', `Interrupted: ${soFar}.`, { hint: `To go on, the same command with ${resume}` });
  }
  const pace = made > 0 && seconds > 0 ? ` in ${timeText(seconds)}, ${rate(made / seconds)}/s` : '';
  if (bulk.file) {
    const { path } = bulk.file;
    printResult(context, options, {
      data: { file: path, count, created: made, lost_answers: lost, seconds },
      human: (paint) =>
        `${paint.green('✔')} ${guests} ${count === 1 ? 'is' : 'are'} in ${printable(path)}${paint.dim(pace)}\n`,
    });
  } else if (context.terminal.noteRewritable && !context.terminal.resultIsTerminal && !options.json) {
    context.terminal.note(`${guests}${pace}\n`);
  }
}
