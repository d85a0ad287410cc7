import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { lineageData, renderLineage, renderSession, sessionData } from '../../render/session.ts';
import type { Context } from '../../world/context.ts';
import { keptSessions, sessionNamed } from './kept-sessions.ts';

export interface SessionShowOptions extends GlobalOptions {
  readonly lineage?: true;
}

export function sessionShowCommand(context: Context, run = showSession): Command {
  const command = new Command('show')
    .description('show a kept session, without its tokens')
    .argument('[session]', 'its name; the current one when left out')
    .option('--lineage', 'the guests before this one too, where it took their place')
    .action((name: string | undefined, options: SessionShowOptions) => run(context, name, options));
  return withExample(command, 'session show --lineage', 'Its tokens, decoded: anon-cli token decode');
}

async function showSession(context: Context, name: string | undefined, options: SessionShowOptions): Promise<void> {
  const view = await sessionNamed(await keptSessions(context, options), name);
  const nowMs = context.clock.now();
  printResult(context, options, {
    data: { ...sessionData(view, nowMs), ...(options.lineage && { lineage: lineageData(view.session) }) },
    human: (paint) =>
      renderSession(paint, view, nowMs) + (options.lineage ? `\n${renderLineage(paint, view.session)}` : ''),
  });
}
