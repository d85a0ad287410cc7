import { checkListed, checkUnused, findSession, getReadable, listSessions } from '../../../domain/session/find.ts';
import { isExpired } from '../../../domain/session/saved-session.ts';
import { AnonError } from '../../../errors.ts';
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

export const sessionUseCommand = defineCommand({
  description: 'make a session the current one',
  args: { '<session>': 'its name' },
  calls: 'nothing',
  examples: ['session use default'],
  async run(context, { session: name }, options) {
    const saved = await savedSessions(context, options);
    await findSession(saved, name);
    await saved.sessions.use(name);
    printResult(context, options, {
      data: { current: name },
      human: (paint) => `${paint.green('✔')} Commands now use session ${printable(name)}\n`,
    });
  },
});

export const sessionRenameCommand = defineCommand({
  description: 'rename a saved session',
  args: { '<session>': 'its name', '<new>': 'its new name' },
  calls: 'nothing',
  examples: ['session rename default cart'],
  async run(context, { session: from, new: to }, options) {
    const saved = await savedSessions(context, options);
    const { sessions } = saved;
    await findSession(saved, from);
    const hint = `Choose another name, or remove that session first: anon-cli session forget ${to}${saved.selection}`;
    await checkUnused(saved, to, hint);
    // Always locked in the same order: two commands that rename back and forth must not wait for each other.
    const [first = from, second = to] = [from, to].sort();
    await sessions.exclusively(first, () =>
      sessions.exclusively(second, async () => {
        await checkUnused(saved, to, hint);
        await findSession(saved, from);
        await sessions.rename(from, to);
      }),
    );
    printResult(context, options, {
      data: { name: to },
      human: (paint) => `${paint.green('✔')} Renamed session ${printable(from)} to ${printable(to)}\n`,
    });
  },
});

export const sessionForgetCommand = defineCommand({
  description: 'remove a session from this machine; its tokens work until they expire',
  args: { '[session]': 'its name' },
  options: {
    '--expired': 'remove all expired sessions',
    '--all': 'remove all sessions of the profile',
  },
  calls: 'nothing',
  examples: ['session forget --expired'],
  notes: 'A session with an unknown expiry counts as expired once the tenant has refused it as expired.',
  async run(context, { session: name }, options) {
    const { expired, all } = options;
    if ([name, expired, all].filter((given) => given !== undefined).length !== 1) {
      throw new AnonError('usage', 'Give one of: a session name, --expired or --all.');
    }
    const saved = await savedSessions(context, options);
    const { sessions } = saved;
    const nowMs = (await context.clockOf(saved)).now();
    const candidates =
      name !== undefined
        ? [await checkListed(saved, name)]
        : all
          ? await sessions.names()
          : (await listSessions(saved)).map((session) => session.name);
    const removed: string[] = [];
    for (const candidate of candidates) {
      await sessions.exclusively(candidate, async () => {
        const session = await getReadable(saved, candidate);
        // Another process may have renewed or replaced it since it was listed.
        if (expired && (!session || !isExpired(session, nowMs))) return;
        await sessions.forget(candidate);
        if (session || name !== undefined) removed.push(candidate);
      });
    }
    const none = expired ? 'No expired sessions' : 'No sessions to remove';
    printResult(context, options, {
      data: { forgotten: removed },
      human: (paint) =>
        `${paint.green('✔')} ${removed.length === 0 ? none : `Removed from this machine: ${printable(removed.join(', '))}`}\n`,
    });
  },
});
