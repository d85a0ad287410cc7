import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { renderSessions, sessionData } from '../../render/session.ts';
import type { Context } from '../../world/context.ts';
import { keptSessions, sessionViews } from './kept-sessions.ts';

export function sessionListCommand(context: Context, run = printSessions): Command {
  const command = new Command('list')
    .description('list the guest sessions that are kept of a profile; the current one is marked')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(
    command,
    'session list',
    'Metadata is as last known here. Tokens are not shown: see session export.',
  );
}

async function printSessions(context: Context, options: GlobalOptions): Promise<void> {
  const kept = await keptSessions(context, options);
  const views = await sessionViews(kept);
  const nowMs = context.clock.now();
  printResult(context, options, {
    data: views.map((view) => sessionData(view, nowMs)),
    human: (paint) =>
      views.length === 0
        ? `No session is saved for profile ${printable(kept.profile)}.\n${paint.dim(printable(`Next: anon-cli token create${kept.selection}`))}\n`
        : renderSessions(paint, views, nowMs),
  });
}
