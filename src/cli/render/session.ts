import type { NamedSession } from '../../domain/session/find.ts';
import { isExpired, type SavedSession, secondsUntil } from '../../domain/session/saved-session.ts';
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
