import { exportOf } from '../../../domain/session/export.ts';
import { findSession, listSessions } from '../../../domain/session/find.ts';
import { AnonError } from '../../../errors.ts';
import { printResult } from '../../output/output.ts';
import { printable, printableJson } from '../../render/printable.ts';
import { defineCommand } from '../define-command.ts';
import { issuerOf, savedSessions } from './saved-sessions.ts';

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
