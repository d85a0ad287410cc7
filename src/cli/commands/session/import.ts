import { Command } from 'commander';
import { loopback, sameHost } from '../../../domain/profile/address.ts';
import { type ImportedSession, readExport } from '../../../domain/session/exported.ts';
import { checkSessionName } from '../../../domain/session/name.ts';
import { AnonError } from '../../../errors.ts';
import { emptyInput, isBlank, type ReadText } from '../../input/stdin-or-file.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import { checkUnused, issuerOf, type KeptSessions, keptSessions } from './kept-sessions.ts';

export interface SessionImportOptions extends GlobalOptions {
  readonly session?: string;
  readonly replace?: true;
}

export function sessionImportCommand(context: Context, run = importSessions): Command {
  const command = new Command('import')
    .description('keep sessions that session export has written')
    .argument('[file]', "the file; '-' or left out: stdin")
    .option('--session <name>', 'keep it by this name, where it is one')
    .option('--replace', 'take the place of sessions that have these names')
    .action((file: string | undefined, options: SessionImportOptions) => run(context, file, options));
  return withExample(command, 'session export | anon-cli session import --session again');
}

async function importSessions(
  context: Context,
  file: string | undefined,
  options: SessionImportOptions,
): Promise<void> {
  const { text, source } = await exported(context, file);
  if (isBlank(text)) throw emptyInput(source);
  const read = named(readExport(text), options.session);
  const kept = await keptSessions(context, options);
  for (const session of read) await checkTenant(context, options, kept, session);
  // All or none: what is refused is refused before the first one is kept.
  if (!options.replace) for (const { name } of read) await checkUnused(kept, name, another);
  for (const { name, session } of read) {
    await kept.sessions.exclusively(name, async () => {
      if (!options.replace) await checkUnused(kept, name, another);
      await kept.sessions.put(name, session);
    });
  }
  const names = read.map(({ name }) => name);
  const [first] = names;
  if (first !== undefined && !(await kept.sessions.get(await kept.sessions.current()))) await kept.sessions.use(first);
  const next = names.includes(await kept.sessions.current()) ? 'token get' : `session use ${first}`;
  printResult(context, options, {
    data: { imported: names },
    human: (paint) =>
      `${paint.green('✔')} Kept: ${printable(names.join(', '))}\n${paint.dim(printable(`Next: anon-cli ${next}${kept.selection}`))}\n`,
  });
}

/** A session goes to no tenant but its own. @throws {AnonError} `usage` */
async function checkTenant(
  context: Context,
  options: GlobalOptions,
  kept: KeptSessions,
  { name, issuer }: ImportedSession,
): Promise<void> {
  if (issuer === undefined) return;
  const from = URL.canParse(issuer) ? new URL(issuer) : undefined;
  // The embedded tenant may have had another name when the session was exported: its own key says whether it is its session.
  const isEmbedded = kept.issuer === undefined;
  if (from && isEmbedded && loopback.test(from.hostname)) return;
  if (from && sameHost(issuer) === sameHost(await issuerOf(context, kept, options))) return;
  const host = from?.host ?? 'another tenant';
  throw new AnonError(
    'usage',
    `The session '${name}' is from ${host}, and profile '${kept.profile}' is another tenant.`,
    {
      hint: 'Import it into a profile of its tenant: --profile <name>. See anon-cli profile list',
    },
  );
}

const another = 'Take its place with --replace, or keep the one by another name: --session <name>';

/** What the file or stdin holds. @throws {AnonError} `usage` where no file is named and stdin is a terminal or nothing */
async function exported(context: Context, file: string | undefined): Promise<ReadText> {
  if (file !== undefined && file !== '-') return { text: await context.readFile(file), source: file };
  if (file === '-' || context.terminal.stdin === 'other') {
    return { text: await context.terminal.readStdin(), source: 'stdin' };
  }
  throw new AnonError('usage', 'Nothing to import: name a file, or pipe it in.');
}

function named(sessions: ImportedSession[], name: string | undefined): ImportedSession[] {
  if (name === undefined) return sessions;
  const [only, ...others] = sessions;
  if (only && others.length === 0) return [{ ...only, name: checkSessionName(name) }];
  throw new AnonError('usage', `--session names one session, and there are ${sessions.length}.`);
}
