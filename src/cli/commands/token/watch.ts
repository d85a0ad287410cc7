import { Command } from 'commander';
import { renewalAtMs } from '../../../domain/session/renewal.ts';
import { AnonError, interrupted, isAnonError } from '../../../errors.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { isForPeople } from '../../output/formats.ts';
import { printResult } from '../../output/output.ts';
import { resultPaint } from '../../render/paint.ts';
import { printableJson, printableLines } from '../../render/printable.ts';
import { rowsOn } from '../../render/rows.ts';
import { renderWatch, type WatchEvent, type WatchedSession, watchData, watchLine } from '../../render/session-watch.ts';
import { fitted } from '../../render/wrapped.ts';
import { type Access, accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { addKeepOptions, type KeepOptions } from './keeping.ts';
import { isOver, keptSession } from './kept-session.ts';
import { readTokenInput } from './options.ts';
import { renewWatched, watchedSession } from './watched-session.ts';

export interface TokenWatchOptions extends GlobalOptions, KeepOptions {
  readonly clientSecret?: string;
}

export function tokenWatchCommand(context: Context, run = watch): Command {
  const command = addKeepOptions(
    new Command('watch').description('watch the session count down, renewing its access token, until Ctrl-C'),
    'this session, not the current one',
  )
    .option('--client-secret <->', "'-' reads the application's secret from stdin, '@<file>' from a file")
    .action((options: TokenWatchOptions) => run(context, options));
  return withExample(
    command,
    'token watch',
    'It renews a minute before the end of the access token, and remembers the new\n' +
      'one. In a pipe each event is a line, with --json an object on a line: started,\n' +
      'renewed, renewal_failed, ended. Once the session is over it exits with 3.',
  );
}

/** After a renewal that failed. */
const retryMs = 10_000;

/** After one that did not, however short the new access token is: it may be over already. */
const leastMs = 1000;

/** After one whose access token does not say when it ends, as an opaque one may not: it cannot be asked for all the time. */
const untoldMs = 300_000;

async function watch(context: Context, options: TokenWatchOptions): Promise<void> {
  const { clientSecret } = await readTokenInput(context, options);
  const access = await accessTenant(context, options);
  const show = shownOn(context, options, access);
  // Looked at before the first line is out: from then on Ctrl-C ends it as it ends every command.
  const { signal } = context;
  const keeping = await keptSession(context, access.profile, options);
  let kept = await watchedSession(access, keeping);
  let watched: WatchedSession = { ...kept, renewals: 0 };
  show.event('started', watched);
  while (!context.terminal.resultUnread) {
    if (signal.aborted) throw interrupted();
    const dueMs = renewalAtMs(kept, context.clock.now());
    await waitUntil(context, dueMs ?? kept.accessEndsAtMs ?? 0, () => show.tick(watched));
    if (dueMs === undefined) return ended(access, () => show.event('ended', watched));
    try {
      kept = await renewWatched(access, keeping, { before: kept, clientSecret });
      watched = { ...kept, renewals: watched.renewals + 1 };
      show.event('renewed', watched);
      const pauseMs = kept.accessEndsAtMs === undefined ? untoldMs : leastMs;
      await waitUntil(context, context.clock.now() + pauseMs, () => show.tick(watched));
    } catch (error) {
      if (isOver(error)) return ended(access, () => show.event('ended', watched));
      watched = { ...watched, problem: passing(error).message };
      show.event('renewal_failed', watched);
      await waitUntil(context, context.clock.now() + retryMs, () => show.tick(watched));
    }
  }
}

function ended({ tenant }: Access, show: () => void): never {
  show();
  throw new AnonError('token_unacceptable', 'The session is over.', {
    hint: `Start a new one: anon-cli token create${tenant.selection}`,
  });
}

/** What may pass by itself; anything else ends the command. */
function passing(error: unknown): AnonError {
  const codes = ['tenant_unreachable', 'rate_limited', 'server_error', 'response_invalid'];
  if (isAnonError(error) && codes.includes(error.code)) return error;
  throw error;
}

/** In steps: a machine that sleeps meanwhile is not to wait for that much longer. */
async function waitUntil({ clock }: Context, atMs: number, tick: () => number): Promise<void> {
  for (let leftMs = atMs - clock.now(); leftMs > 0; leftMs = atMs - clock.now()) {
    await clock.wait(Math.min(leftMs, tick()));
  }
}

interface Shown {
  event(event: WatchEvent, watched: WatchedSession): void;
  /** Shows what is left now, and says in how many milliseconds to do so again. */
  tick(watched: WatchedSession): number;
}

/** A block that is written over, where a person looks; else a line an event. */
function shownOn(context: Context, options: GlobalOptions, { profile }: Access): Shown {
  const { terminal, clock } = context;
  const rewritten = terminal.resultIsTerminal && terminal.noteRewritable && isForPeople(options);
  if (!rewritten)
    return { event: (event, watched) => printEvent(context, options, event, watched), tick: () => 30_000 };
  // The terminal shows ^C where the block ends, and the error is a line of its own.
  context.signal.addEventListener('abort', () => terminal.note('\n'), { once: true });
  let before = '';
  const draw = (watched: WatchedSession) => {
    const paint = resultPaint(terminal);
    const block = fitted(renderWatch(paint, profile.name, watched, clock.now()), paint.columns);
    const rows = rowsOn(before, terminal.resultColumns);
    terminal.result(`${rows > 0 ? `\u001b[${rows}A\u001b[J` : ''}${printableLines(block)}`);
    before = block;
    return 1000;
  };
  return { event: (_, watched) => void draw(watched), tick: draw };
}

function printEvent(context: Context, options: GlobalOptions, event: WatchEvent, watched: WatchedSession): void {
  const nowMs = context.clock.now();
  const data = watchData(event, watched, nowMs);
  // JSON of one line an event, whichever way it was asked for.
  if (options.json && options.field === undefined) context.terminal.result(`${printableJson(data)}\n`);
  else printResult(context, options, { data, human: () => watchLine(event, watched, nowMs) });
}
