import { sameHost } from '../../../domain/profile/address.ts';
import { exportOf, type ImportedSession, readExport } from '../../../domain/session/export.ts';
import { checkUnused, findSession, listSessions } from '../../../domain/session/find.ts';
import { checkSessionName } from '../../../domain/session/saved-session.ts';
import { AnonError } from '../../../errors.ts';
import { loopback, parseUrl } from '../../../wire/url.ts';
import { emptyInput, isBlank, type ReadText } from '../../input/stdin-or-file.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable, printableJson } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { issuerOf, type SavedSessions, savedSessions } from './saved-sessions.ts';

export const sessionExportCommand = defineCommand({
  description: 'print a saved session as JSON, with its tokens',
  args: { '[session]': 'its name (default: the current session)' },
  options: {
    '--all': 'export all sessions of the profile',
    '--file <file>': 'write to this new file, which only you can read',
  },
  calls: 'nothing',
  examples: ['session export | anon-cli session import --session copy'],
  notes: 'Anyone with this JSON can act as the guest until the tokens expire: protect it like a password.',
  async run(context, { session: name }, options) {
    const { all, file } = options;
    if (name !== undefined && all) throw new AnonError('usage', "A session name and --all can't be combined.");
    const saved = await savedSessions(context, options);
    const found = all ? await listSessions(saved) : [await findSession(saved, name)];
    const issuer = await issuerOf(context, saved, options);
    const data = exportOf(issuer, found);
    const text = `${printableJson(data, 2)}\n`;
    if (file === undefined) return printResult(context, options, { data, verbatim: true, human: () => text });
    await context.writeNewFile(file, text);
    const names = found.map((session) => session.name);
    printResult(context, options, {
      data: { file, exported: names },
      human: (paint) =>
        `${paint.green('✔')} Exported ${printable(names.join(', '))} with tokens to ${printable(file)}, which only you can read\n`,
    });
  },
});

export const sessionImportCommand = defineCommand({
  description: 'save sessions from the JSON of session export',
  args: { '[file]': "the file; '-' for stdin (default: stdin)" },
  options: {
    '--session <name>': 'save under this name, if the export has one session',
    '--replace': 'replace saved sessions that have the same names',
  },
  calls: 'nothing',
  examples: ['session export | anon-cli session import --session again'],
  async run(context, { file }, options) {
    const { text, source } = await readExported(context, file);
    if (isBlank(text)) throw emptyInput(source);
    const imported = named(readExport(text), options.session);
    const saved = await savedSessions(context, options);
    for (const session of imported) await checkTenant(context, options, saved, session);
    // All or none: every check runs before the first session is saved.
    if (!options.replace) for (const { name } of imported) await checkUnused(saved, name, replaceHint);
    for (const { name, session } of imported) {
      await saved.sessions.exclusively(name, async () => {
        if (!options.replace) await checkUnused(saved, name, replaceHint);
        await saved.sessions.put(name, session);
      });
    }
    const names = imported.map(({ name }) => name);
    const [first] = names;
    const { sessions } = saved;
    if (first !== undefined && !(await sessions.get(await sessions.current()))) await sessions.use(first);
    const next = names.includes(await sessions.current()) ? 'token get' : `session use ${first}`;
    printResult(context, options, {
      data: { imported: names },
      human: (paint) =>
        `${paint.green('✔')} Saved: ${printable(names.join(', '))}\n${paint.dim(printable(`Next: anon-cli ${next}${saved.selection}`))}\n`,
    });
  },
});

/** Refuses a session of another tenant. @throws {AnonError} `usage` */
async function checkTenant(
  context: Context,
  options: GlobalOptions,
  saved: SavedSessions,
  { name, issuer }: ImportedSession,
): Promise<void> {
  if (issuer === undefined) return;
  const from = parseUrl(issuer);
  // The local tenant may have had another issuer when the session was exported. Its key tells whether the session is its own.
  const isEmbedded = saved.issuer === undefined;
  if (from && isEmbedded && loopback.test(from.hostname)) return;
  if (from && sameHost(issuer) === sameHost(await issuerOf(context, saved, options))) return;
  const host = from?.host ?? 'another tenant';
  throw new AnonError(
    'usage',
    `Session '${name}' is from ${host}, but profile '${saved.profile}' is for another tenant.`,
    {
      hint: 'Import it into a profile of its tenant: --profile <name>. Run: anon-cli profile list',
    },
  );
}

const replaceHint = 'To replace the saved session, pass --replace. To keep both, choose another name: --session <name>';

/** @throws {AnonError} `usage` if no file is given and stdin is a terminal or empty */
async function readExported(context: Context, file: string | undefined): Promise<ReadText> {
  if (file !== undefined && file !== '-') return { text: await context.readFile(file), source: file };
  if (file === '-' || context.terminal.stdin === 'other') {
    return { text: await context.terminal.readStdin(), source: 'stdin' };
  }
  throw new AnonError('usage', 'Nothing to import: give a file, or pipe one into stdin.');
}

function named(sessions: ImportedSession[], name: string | undefined): ImportedSession[] {
  if (name === undefined) return sessions;
  const [only, ...others] = sessions;
  if (only && others.length === 0) return [{ ...only, name: checkSessionName(name) }];
  throw new AnonError('usage', `--session can't be used here: the export has ${sessions.length} sessions.`);
}
