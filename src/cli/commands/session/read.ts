import { findSession, listSessions } from '../../../domain/session/find.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { lineageData, renderLineage, renderSession, renderSessions, sessionData } from '../../render/session.ts';
import { defineCommand } from '../define-command.ts';
import { savedSessions } from './saved-sessions.ts';

export const sessionListCommand = defineCommand({
  description: 'list the saved guest sessions of a profile, and mark the current one',
  calls: 'nothing',
  result: 'list',
  examples: ['session list'],
  notes: 'Metadata is as last seen on this machine. Tokens are not shown: see session export.',
  async run(context, _args, options) {
    const saved = await savedSessions(context, options);
    const found = await listSessions(saved);
    const nowMs = (await context.clockOf(saved)).now();
    printResult(context, options, {
      data: found.map((session) => sessionData(session, nowMs)),
      human: (paint) =>
        found.length === 0
          ? `No sessions saved for profile ${printable(saved.profile)}.\n${paint.dim(printable(`Next: anon-cli token create${saved.selection}`))}\n`
          : renderSessions(paint, found, nowMs),
    });
  },
});

export const sessionShowCommand = defineCommand({
  description: 'show a saved session, without its tokens',
  args: { '[session]': 'its name (default: the current session)' },
  options: { '--lineage': 'also show the guests it replaced' },
  calls: 'nothing',
  examples: ['session show', 'session show --lineage'],
  notes: 'To decode its tokens: anon-cli token decode',
  async run(context, { session: name }, options) {
    const saved = await savedSessions(context, options);
    const found = await findSession(saved, name);
    const nowMs = (await context.clockOf(saved)).now();
    printResult(context, options, {
      data: { ...sessionData(found, nowMs), ...(options.lineage && { lineage: lineageData(found.session) }) },
      human: (paint) =>
        renderSession(paint, found, nowMs) + (options.lineage ? `\n${renderLineage(paint, found.session)}` : ''),
    });
  },
});
