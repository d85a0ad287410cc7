import { Command } from 'commander';
import { exportOf } from '../../../domain/session/export.ts';
import { AnonError } from '../../../errors.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable, printableJson } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import { issuerOf, keptSessions, sessionNamed, sessionViews } from './kept-sessions.ts';

export interface SessionExportOptions extends GlobalOptions {
  readonly all?: true;
  readonly file?: string;
}

export function sessionExportCommand(context: Context, run = exportSessions): Command {
  const command = new Command('export')
    .description('write a kept session as JSON, with its tokens')
    .argument('[session]', 'its name; the current one when left out')
    .option('--all', 'all of the profile')
    .option('--file <file>', 'into a new file that only you can read, not to stdout')
    .action((name: string | undefined, options: SessionExportOptions) => run(context, name, options));
  return withExample(
    command,
    'session export | anon-cli session import --session copy',
    'Whoever has this is the guest until the tokens expire: treat it as a password.',
  );
}

async function exportSessions(
  context: Context,
  name: string | undefined,
  options: SessionExportOptions,
): Promise<void> {
  const { all, file } = options;
  if (name !== undefined && all) throw new AnonError('usage', 'Which sessions? Name one, or say --all.');
  const kept = await keptSessions(context, options);
  const views = all ? await sessionViews(kept) : [await sessionNamed(kept, name)];
  const issuer = await issuerOf(context, kept, options);
  const data = exportOf(issuer, views);
  const text = `${printableJson(data, 2)}\n`;
  if (file === undefined) return printResult(context, options, { data, verbatim: true, human: () => text });
  await context.writeNewFile(file, text);
  const names = views.map((view) => view.name);
  printResult(context, options, {
    data: { file, exported: names },
    human: (paint) =>
      `${paint.green('✔')} ${printable(names.join(', '))} with tokens in ${printable(file)}, which only you can read\n`,
  });
}
