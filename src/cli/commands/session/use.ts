import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import { keptSessions, sessionNamed } from './kept-sessions.ts';

export function sessionUseCommand(context: Context, run = useSession): Command {
  const command = new Command('use')
    .description('make a session the one that commands go on with')
    .argument('<session>', 'its name')
    .action((name: string, options: GlobalOptions) => run(context, name, options));
  return withExample(command, 'session use default');
}

async function useSession(context: Context, name: string, options: GlobalOptions): Promise<void> {
  const kept = await keptSessions(context, options);
  await sessionNamed(kept, name);
  await kept.sessions.use(name);
  printResult(context, options, {
    data: { current: name },
    human: (paint) => `${paint.green('✔')} Commands go on with session ${printable(name)}\n`,
  });
}
