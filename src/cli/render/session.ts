import type { NamedSession } from '../../domain/session/find.ts';
import { isExpired, type SavedSession, secondsUntil } from '../../domain/session/saved-session.ts';
import type { SessionEnds } from '../../domain/session/watch.ts';
import { dateText } from '../../domain/token/times.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableValue } from './printable.ts';
import { rows, table } from './rows.ts';
import { relativeText } from './time.ts';

/** The saved sessions of a profile as a table. */
export function renderSessions(paint: Paint, views: readonly NamedSession[], nowMs: number): string {
  return table(
    paint,
    ['', 'SESSION', 'GUEST', 'APP', 'API', 'SESSION ENDS', 'ACCESS TOKEN', 'METADATA'],
    views.map(({ name, session, current }) => [
      current ? paint.green('*') : ' ',
      printable(name),
      printable(session.guestId ?? 'unknown'),
      printable(session.appName ?? session.clientId),
      printable(session.apiName ?? session.audience),
      paintedEnd(paint, session.sessionEndsAtMs, nowMs),
      paintedEnd(paint, session.accessEndsAtMs, nowMs),
      metadataText(session),
    ]),
  );
}

export function renderSession(paint: Paint, { name, session, current }: NamedSession, nowMs: number): string {
  return (
    `${paint.bold(printable(name))}${current ? paint.dim(' (current)') : ''}\n` +
    rows(paint, [
      ['guest', printable(session.guestId ?? 'unknown')],
      ['application', named(session.appName, session.clientId)],
      ['API', named(session.apiName, session.audience)],
      ['scopes', printable(session.scope ?? 'all that guests may have')],
      ['metadata', metadataText(session)],
      ...(session.createdAtMs === undefined ? [] : [['created', dateText(new Date(session.createdAtMs))] as const]),
      ['session', `ends ${paintedEnd(paint, session.sessionEndsAtMs, nowMs)}`],
      ['access token', `ends ${paintedEnd(paint, session.accessEndsAtMs, nowMs)}`],
    ])
  );
}

/** The guests before this one, the latest first. */
export function renderLineage(paint: Paint, { guestId, replaced = [] }: SavedSession): string {
  const before = replaced.map(({ guestId: id, untilMs }) => [
    printable(id ?? 'unknown'),
    `until ${dateText(new Date(untilMs))}`,
  ]);
  return table(
    { ...paint, tabbed: false },
    ['GUEST', 'CURRENT'],
    [[printable(guestId ?? 'unknown'), 'now'], ...before],
  );
}

/** A saved session for `--json`, without its tokens. */
export function sessionData({ name, session, current }: NamedSession, nowMs: number): JsonObject {
  return {
    name,
    current,
    guest_id: session.guestId ?? null,
    app: { client_id: session.clientId, name: session.appName ?? session.clientId },
    api: { audience: session.audience, name: session.apiName ?? session.audience },
    scope: session.scope ?? null,
    metadata: session.metadata ?? null,
    created_at: isoTime(session.createdAtMs),
    expired: isExpired(session, nowMs),
    never_expires: session.sessionEndsAtMs === null,
    session_expires_in: secondsUntil(session.sessionEndsAtMs, nowMs) ?? null,
    access_token_expires_in: secondsUntil(session.accessEndsAtMs, nowMs) ?? null,
  };
}

export function lineageData({ guestId, replaced = [] }: SavedSession): JsonObject[] {
  const before = replaced.map(({ guestId: id, untilMs }) => ({ guest_id: id ?? null, until: isoTime(untilMs) }));
  return [{ guest_id: guestId ?? null, until: null }, ...before];
}

/** `in 30 days`, `expired 2 hours ago`, `never` or `unknown`. */
export function endText(timeMs: number | null | undefined, nowMs: number): string {
  const left = secondsUntil(timeMs, nowMs);
  if (left === null) return 'never';
  if (left === undefined) return 'unknown';
  return left > 0 ? relativeText(left) : `expired ${relativeText(left)}`;
}

function paintedEnd(paint: Paint, timeMs: number | null | undefined, nowMs: number): string {
  const text = endText(timeMs, nowMs);
  return text.startsWith('expired') ? paint.red(text) : text;
}

function metadataText({ metadata }: SavedSession): string {
  return metadata ? printableValue(metadata) : 'unknown';
}

function named(name: string | undefined, id: string): string {
  return printable(name === undefined || name === id ? id : `${name} (${id})`);
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}

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
