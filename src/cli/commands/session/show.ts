import { findSession } from '../../../domain/session/find.ts';
import { printResult } from '../../output/output.ts';
import { lineageData, renderLineage, renderSession, sessionData } from '../../render/session.ts';
import { defineCommand } from '../define-command.ts';
import { savedSessions } from './saved-sessions.ts';

export const sessionShowCommand = defineCommand({
  description: 'show a saved session, without its tokens',
  args: { '[session]': 'its name (default: the current session)' },
  options: { '--lineage': 'also show the guests it replaced' },
  calls: 'nothing',
  examples: ['session show', 'session show --lineage'],
  notes: 'To decode its tokens: anon-cli token decode',
  async run(context, { session: name }, options) {
    const found = await findSession(await savedSessions(context, options), name);
    const nowMs = context.clock.now();
    printResult(context, options, {
      data: { ...sessionData(found, nowMs), ...(options.lineage && { lineage: lineageData(found.session) }) },
      human: (paint) =>
        renderSession(paint, found, nowMs) + (options.lineage ? `\n${renderLineage(paint, found.session)}` : ''),
    });
  },
});
