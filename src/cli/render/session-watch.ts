import type { SessionEnds } from '../../domain/session/renewal.ts';
import { dateText } from '../../domain/token/times.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';

/** A session as it is being watched. */
export interface WatchedSession extends SessionEnds {
  readonly name: string;
  readonly guestId: string | undefined;
  readonly renewals: number;
  /** Why the last renewal failed, if it did. */
  readonly problem?: string | undefined;
}

export type WatchEvent = 'started' | 'renewed' | 'renewal_failed' | 'ended';

/** One event on a line, for a pipe. */
export function watchLine(event: WatchEvent, watched: WatchedSession, nowMs: number): string {
  const { accessEndsAtMs, sessionEndsAtMs, problem } = watched;
  const parts = [
    `${dateText(new Date(nowMs))}  ${event.replace('_', ' ')}`,
    `access token ${leftText(accessEndsAtMs, nowMs)}`,
    ...(sessionEndsAtMs === undefined ? [] : [`session ${leftText(sessionEndsAtMs, nowMs)}`]),
    ...(problem === undefined ? [] : [printable(problem)]),
  ];
  return `${parts.join('  ')}\n`;
}

/** The same as one JSON object. */
export function watchData(event: WatchEvent, watched: WatchedSession, nowMs: number): JsonObject {
  const { guestId, accessEndsAtMs, sessionEndsAtMs, renewals, problem } = watched;
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

/** What a terminal shows, every second anew. */
export function renderWatch(paint: Paint, profile: string, watched: WatchedSession, nowMs: number): string {
  const { name, guestId, accessEndsAtMs, sessionEndsAtMs, renewals, problem } = watched;
  const pairs: [string, string][] = [
    ['guest', printable(guestId ?? 'not known')],
    ['access token', leftText(accessEndsAtMs, nowMs)],
    ['session', leftText(sessionEndsAtMs, nowMs)],
    ['renewed', `${renewals} time${renewals === 1 ? '' : 's'}`],
  ];
  const trouble = problem === undefined ? '' : `  ${paint.yellow(`! ${printable(problem)}`)}\n`;
  return `${paint.bold(`Session ${printable(name)}`)} of profile ${printable(profile)}  ${paint.dim('Ctrl-C to leave')}\n${rows(paint, pairs)}${trouble}`;
}

/** `ends in 1 h 59 min 5 s`: to the second, since it is watched. */
function leftText(endsAtMs: number | null | undefined, nowMs: number): string {
  if (endsAtMs === null) return 'never ends';
  if (endsAtMs === undefined) return 'does not tell its end';
  const seconds = Math.round((endsAtMs - nowMs) / 1000);
  if (seconds <= 0) return 'is over';
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
