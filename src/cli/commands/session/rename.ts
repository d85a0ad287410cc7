import { checkUnused, findSession } from '../../../domain/session/find.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { defineCommand } from '../define-command.ts';
import { savedSessions } from './saved-sessions.ts';

export const sessionRenameCommand = defineCommand({
  description: 'rename a saved session',
  args: { '<session>': 'its name', '<new>': 'its new name' },
  calls: 'nothing',
  examples: ['session rename default cart'],
  async run(context, { session: from, new: to }, options) {
    const saved = await savedSessions(context, options);
    const { sessions } = saved;
    await findSession(saved, from);
    const hint = `Choose another name, or remove that session first: anon-cli session forget ${to}${saved.selection}`;
    await checkUnused(saved, to, hint);
    // Always locked in the same order: two commands that rename back and forth must not wait for each other.
    const [first = from, second = to] = [from, to].sort();
    await sessions.exclusively(first, () =>
      sessions.exclusively(second, async () => {
        await checkUnused(saved, to, hint);
        await findSession(saved, from);
        await sessions.rename(from, to);
      }),
    );
    printResult(context, options, {
      data: { name: to },
      human: (paint) => `${paint.green('✔')} Renamed session ${printable(from)} to ${printable(to)}\n`,
    });
  },
});
