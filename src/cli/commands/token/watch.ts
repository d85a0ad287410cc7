import type { Clock } from '../../../domain/clock.ts';
import { isExpiryRefusal } from '../../../domain/session/target.ts';
import { renewalAtMs, renewWatched, watchedSession } from '../../../domain/session/watch.ts';
import { AnonError, interrupted, isAnonError } from '../../../errors.ts';
import { saveOptions, sessionPorts, sessionTarget } from '../../input/session-options.ts';
import { readTokenInput, secretOption } from '../../input/token-request.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { isForPeople } from '../../output/formats.ts';
import { printResult } from '../../output/output.ts';
import { resultPaint } from '../../render/paint.ts';
import { printableJson, printableLines } from '../../render/printable.ts';
import { rowsOn } from '../../render/rows.ts';
import { renderWatch, type WatchEvent, type WatchState, watchData, watchLine } from '../../render/session.ts';
import { fitted } from '../../render/wrapped.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

/** The wait after a failed renewal. */
const retryMs = 10_000;

/** The least wait after a renewal: a very short-lived access token may have expired when it arrives. */
const minWaitMs = 1000;

/** The wait after a renewal whose access token has an unknown end, such as an opaque one: without a wait, requests would never stop. */
const unknownEndWaitMs = 300_000;

export const tokenWatchCommand = defineCommand({
  description: 'count the session down and renew its access token, until Ctrl-C',
  options: { ...saveOptions, ...secretOption },
  calls: 'nothing',
  examples: ['token watch'],
  notes:
    'The access token is renewed a minute before it expires, and the new one is saved. In a pipe each event is a line, with --json a JSON object per line: started, renewed, renewal_failed, ended. When the session expires, the exit code is 3.',
  async run(context, _args, options) {
    const { clientSecret } = await readTokenInput(context, options);
    const { tenant, profile } = await accessTenant(context, options);
    const { clock } = tenant;
    const display = displayOn(context, options, { profile: profile.name, clock });
    // Read before the first output: from then on Ctrl-C ends this command as it ends every other.
    const { signal } = context;
    const ports = await sessionPorts(context, { tenant, profile });
    const target = await sessionTarget(context, ports, options);
    let session = await watchedSession(ports, tenant, target.name);
    let state: WatchState = { ...session, name: target.name, renewals: 0 };
    display.event('started', state);
    context.warnAtOnce();
    while (!context.terminal.resultUnread) {
      if (signal.aborted) throw interrupted();
      const dueMs = renewalAtMs(session, clock.now());
      await waitUntil(clock, dueMs ?? session.accessEndsAtMs ?? 0, () => display.tick(state));
      if (dueMs === undefined) break;
      try {
        session = await renewWatched(ports, tenant, target, { before: session, clientSecret });
        state = { ...session, name: target.name, renewals: state.renewals + 1 };
        display.event('renewed', state);
        const waitMs = session.accessEndsAtMs === undefined ? unknownEndWaitMs : minWaitMs;
        await pause(context, waitMs, () => display.tick(state));
      } catch (error) {
        if (isExpiryRefusal(error)) break;
        state = { ...state, problem: temporary(error).message };
        display.event('renewal_failed', state);
        await pause(context, retryMs, () => display.tick(state));
      }
    }
    if (context.terminal.resultUnread) return;
    display.event('ended', state);
    throw new AnonError('token_unacceptable', 'The session has expired.', {
      hint: `Create a new one: anon-cli token create${tenant.selection}`,
    });
  },
});

/** A failure that may pass; any other ends the command. */
function temporary(error: unknown): AnonError {
  const codes = ['tenant_unreachable', 'rate_limited', 'server_error', 'response_invalid'];
  if (isAnonError(error) && codes.includes(error.code)) return error;
  throw error;
}

/** In steps, so that a machine that sleeps meanwhile does not wait that much longer. */
async function waitUntil(clock: Clock, atMs: number, tick: () => number): Promise<void> {
  for (let leftMs = atMs - clock.now(); leftMs > 0; leftMs = atMs - clock.now()) {
    await clock.wait(Math.min(leftMs, tick()));
  }
}

/** By this machine's clock: the tenant's may stand still. */
function pause({ clock }: Context, ms: number, tick: () => number): Promise<void> {
  return waitUntil(clock, clock.now() + ms, tick);
}

interface Watched {
  readonly profile: string;
  /** The tenant's. */
  readonly clock: Clock;
}

interface Display {
  event(event: WatchEvent, state: WatchState): void;
  /** Shows the time left, and returns in how many milliseconds to do so again. */
  tick(state: WatchState): number;
}

/** A block that is redrawn on a terminal, otherwise one line per event. */
function displayOn(context: Context, options: GlobalOptions, { profile, clock }: Watched): Display {
  const { terminal } = context;
  const redraws = terminal.resultIsTerminal && terminal.noteRewritable && isForPeople(options);
  if (!redraws)
    return { event: (event, state) => printEvent({ context, clock }, options, event, state), tick: () => 30_000 };
  // The terminal shows ^C where the block ends, and the error is a line of its own.
  context.signal.addEventListener('abort', () => terminal.note('\n'), { once: true });
  let before = '';
  const draw = (state: WatchState) => {
    const paint = resultPaint(terminal);
    const block = fitted(renderWatch(paint, profile, state, clock.now()), paint.columns);
    const rows = rowsOn(before, terminal.resultColumns);
    terminal.result(`${rows > 0 ? `\u001b[${rows}A\u001b[J` : ''}${printableLines(block)}`);
    before = block;
    return 1000;
  };
  return { event: (_, state) => void draw(state), tick: draw };
}

function printEvent(
  { context, clock }: { readonly context: Context; readonly clock: Clock },
  options: GlobalOptions,
  event: WatchEvent,
  state: WatchState,
): void {
  const nowMs = clock.now();
  const data = watchData(event, state, nowMs);
  // One line of JSON per event, whichever way JSON was requested.
  if (options.json && options.field === undefined) context.terminal.result(`${printableJson(data)}\n`);
  else printResult(context, options, { data, human: () => watchLine(event, state, nowMs) });
}
