import { Command } from 'commander';
import { isExpired } from '../../../domain/session/saved-session.ts';
import { AnonError } from '../../../errors.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import { type KeptSessions, keptName, keptSessions, readable, sessionViews } from './kept-sessions.ts';

export interface SessionForgetOptions extends GlobalOptions {
  readonly expired?: true;
  readonly all?: true;
}

export function sessionForgetCommand(context: Context, run = forgetSessions): Command {
  const command = new Command('forget')
    .description('forget a session on this machine; its tokens live on until they expire')
    .argument('[session]', 'its name')
    .option('--expired', 'all that have expired')
    .option('--all', 'all of the profile')
    .action((name: string | undefined, options: SessionForgetOptions) => run(context, name, options));
  return withExample(
    command,
    'session forget --expired',
    'A session whose end nobody told has expired once the tenant refused it for that.',
  );
}

async function forgetSessions(
  context: Context,
  name: string | undefined,
  options: SessionForgetOptions,
): Promise<void> {
  if ([name, options.expired, options.all].filter((said) => said !== undefined).length !== 1) {
    throw new AnonError('usage', 'Which sessions? Name one, or say --expired or --all.');
  }
  const kept = await keptSessions(context, options);
  const { sessions } = kept;
  const nowMs = context.clock.now();
  const forgotten: string[] = [];
  for (const candidate of await named(kept, name, options)) {
    await sessions.exclusively(candidate, async () => {
      const session = await readable(kept, candidate);
      // Another may have renewed it, or begun it anew, since it was looked at.
      if (options.expired && (!session || !isExpired(session, nowMs))) return;
      await sessions.forget(candidate);
      if (session || name !== undefined) forgotten.push(candidate);
    });
  }
  printResult(context, options, {
    data: { forgotten },
    human: (paint) => `${paint.green('✔')} ${forgottenText(forgotten)}\n`,
  });
}

async function named(kept: KeptSessions, name: string | undefined, { all }: SessionForgetOptions) {
  if (name !== undefined) return [await keptName(kept, name)];
  const { sessions } = kept;
  if (all) return sessions.names();
  return (await sessionViews(kept)).map((view) => view.name);
}

function forgottenText(names: readonly string[]): string {
  if (names.length === 0) return 'There was none to forget';
  return `Forgotten: ${printable(names.join(', '))}`;
}
