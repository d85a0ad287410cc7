import type { SessionEnds } from '../../domain/session/watch.ts';
import { dateText } from '../../domain/token/times.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';

/** What the display shows of a watched session. */
export interface WatchState extends SessionEnds {
  readonly name: string;
  readonly guestId: string | undefined;
  readonly renewals: number;
  /** Why the last renewal failed, if it did. */
  readonly problem?: string | undefined;
}

export type WatchEvent = 'started' | 'renewed' | 'renewal_failed' | 'ended';

/** One event as a line, for a pipe. */
export function watchLine(event: WatchEvent, state: WatchState, nowMs: number): string {
  const { accessEndsAtMs, sessionEndsAtMs, problem } = state;
  const parts = [
    `${dateText(new Date(nowMs))}  ${event.replace('_', ' ')}`,
    `access token ${leftText(accessEndsAtMs, nowMs)}`,
    ...(sessionEndsAtMs === undefined ? [] : [`session ${leftText(sessionEndsAtMs, nowMs)}`]),
    ...(problem === undefined ? [] : [printable(problem)]),
  ];
  return `${parts.join('  ')}\n`;
}

/** One event as a JSON object. */
export function watchData(event: WatchEvent, state: WatchState, nowMs: number): JsonObject {
  const { guestId, accessEndsAtMs, sessionEndsAtMs, renewals, problem } = state;
  return {
    event,
    at: new Date(nowMs).toISOString(),
    ...(guestId !== undefined && { guest_id: guestId }),
    ...(accessEndsAtMs !== undefined && { access_token_expires_at: new Date(accessEndsAtMs).toISOString() }),
    ...(typeof sessionEndsAtMs === 'number' && { session_expires_at: new Date(sessionEndsAtMs).toISOString() }),
    renewals,
    ...(problem !== undefined && { problem }),
  };
}

/** The block on a terminal, redrawn every second. */
export function renderWatch(paint: Paint, profile: string, state: WatchState, nowMs: number): string {
  const { name, guestId, accessEndsAtMs, sessionEndsAtMs, renewals, problem } = state;
  const pairs: [string, string][] = [
    ['guest', printable(guestId ?? 'unknown')],
    ['access token', leftText(accessEndsAtMs, nowMs)],
    ['session', leftText(sessionEndsAtMs, nowMs)],
    ['renewed', `${renewals} time${renewals === 1 ? '' : 's'}`],
  ];
  const trouble = problem === undefined ? '' : `  ${paint.yellow(`! ${printable(problem)}`)}\n`;
  return `${paint.bold(`Session ${printable(name)}`)} of profile ${printable(profile)}  ${paint.dim('Ctrl-C to leave')}\n${rows(paint, pairs)}${trouble}`;
}

/** `ends in 1 h 59 min 5 s`, to the second because somebody is watching. */
function leftText(endsAtMs: number | null | undefined, nowMs: number): string {
  if (endsAtMs === null) return 'never ends';
  if (endsAtMs === undefined) return 'ends at an unknown time';
  const seconds = Math.round((endsAtMs - nowMs) / 1000);
  if (seconds <= 0) return 'has expired';
  const parts = units.map(([size, name], index) => {
    const whole = Math.floor((index === 0 ? seconds : seconds % (units[index - 1]?.[0] ?? 1)) / size);
    return { whole, text: `${whole} ${name}` };
  });
  const first = parts.findIndex(({ whole }) => whole > 0);
  return `ends in ${parts
    .slice(first)
    .map(({ text }) => text)
    .join(' ')}`;
}

const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;
