import { findSession } from '../../../domain/session/find.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { defineCommand } from '../define-command.ts';
import { savedSessions } from './saved-sessions.ts';

export const sessionUseCommand = defineCommand({
  description: 'make a session the current one',
  args: { '<session>': 'its name' },
  calls: 'nothing',
  examples: ['session use default'],
  async run(context, { session: name }, options) {
    const saved = await savedSessions(context, options);
    await findSession(saved, name);
    await saved.sessions.use(name);
    printResult(context, options, {
      data: { current: name },
      human: (paint) => `${paint.green('✔')} Commands now use session ${printable(name)}\n`,
    });
  },
});
