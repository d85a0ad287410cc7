import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import { checkUnused, keptSessions, sessionNamed } from './kept-sessions.ts';

export function sessionRenameCommand(context: Context, run = renameSession): Command {
  const command = new Command('rename')
    .description('keep a session by another name')
    .argument('<session>', 'its name')
    .argument('<new>', 'what to call it')
    .action((from: string, to: string, options: GlobalOptions) => run(context, { from, to }, options));
  return withExample(command, 'session rename default cart');
}

async function renameSession(
  context: Context,
  { from, to }: { from: string; to: string },
  options: GlobalOptions,
): Promise<void> {
  const kept = await keptSessions(context, options);
  const { sessions } = kept;
  await sessionNamed(kept, from);
  const another = `Choose another name, or forget that one first: anon-cli session forget ${to}${kept.selection}`;
  await checkUnused(kept, to, another);
  // In one order whoever asks: two that rename to and fro must not wait for each other.
  const [first = from, second = to] = [from, to].sort();
  await sessions.exclusively(first, () =>
    sessions.exclusively(second, async () => {
      await checkUnused(kept, to, another);
      await sessionNamed(kept, from);
      await sessions.rename(from, to);
    }),
  );
  printResult(context, options, {
    data: { name: to },
    human: (paint) => `${paint.green('✔')} Session ${printable(from)} is ${printable(to)} now\n`,
  });
}
