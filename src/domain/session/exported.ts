import { AnonError, isAnonError } from '../../errors.ts';
import { check } from '../../wire/schema.ts';
import { type ExportedSession, type SessionExport, sessionExport } from '../../wire/session-export.ts';
import type { RememberedSession } from '../ports.ts';
import { jsonObjectIn, takeApart } from '../token/compact.ts';
import { checkSessionName } from './name.ts';

export interface NamedSession {
  readonly name: string;
  readonly session: RememberedSession;
}

/** A session that was exported, and the issuer of its tenant where that is known. */
export interface ImportedSession extends NamedSession {
  readonly issuer: string | undefined;
}

/** Kept sessions of the tenant with this issuer, as they are written for another machine: their tokens are in it. */
export function exportOf(issuer: string, sessions: readonly NamedSession[]): SessionExport {
  return { version: 1, issuer, sessions: sessions.map(exported) };
}

function exported({ name, session }: NamedSession): ExportedSession {
  const { sessionEndsAtMs: end, replaced } = session;
  return {
    name,
    session_token: session.sessionToken,
    access_token: session.accessToken,
    client_id: session.clientId,
    audience: session.audience,
    scope: session.scope,
    app_name: session.appName,
    api_name: session.apiName,
    guest_id: session.guestId,
    metadata: session.metadata,
    created_at: isoTime(session.createdAtMs),
    access_token_expires_at: isoTime(session.accessEndsAtMs),
    session_expires_at: end === null ? null : isoTime(end),
    replaced: replaced?.map(({ guestId, untilMs }) => ({
      ...(guestId !== undefined && { guest_id: guestId }),
      until: isoTime(untilMs) ?? '',
    })),
  };
}

/**
 * The sessions in what was exported. It checks their shape, their names and that their tokens are tokens; whether the
 * tenant takes them only that can say.
 * @throws {AnonError} `usage`, repeating nothing of them
 */
export function readExport(text: string): ImportedSession[] {
  const content = parse(text);
  if (isNewer(content)) {
    throw new AnonError('usage', 'This was exported by a newer anon-cli.', {
      hint: 'Update anon-cli: npm install -g anon-cli@latest',
    });
  }
  const checked = check(sessionExport, content);
  if (!checked.ok) throw notAnExport(checked.problem);
  const { sessions, issuer } = checked.value;
  if (sessions.length === 0) throw notAnExport('it has no session');
  if (new Set(sessions.map(({ name }) => name)).size < sessions.length) throw notAnExport('two sessions have one name');
  return sessions.map((session) => imported(session, issuer));
}

function imported(session: ExportedSession, issuer: string | undefined): ImportedSession {
  const { name, session_expires_at: end, replaced } = session;
  checkSessionName(name);
  checkToken(name, 'session token', session.session_token);
  checkToken(name, 'access token', session.access_token);
  return {
    name,
    issuer: issuer ?? issuerIn(session.access_token),
    session: {
      sessionToken: session.session_token,
      accessToken: session.access_token,
      clientId: session.client_id,
      audience: session.audience,
      scope: session.scope,
      appName: session.app_name,
      apiName: session.api_name,
      guestId: session.guest_id,
      metadata: session.metadata,
      createdAtMs: milliseconds(session.created_at),
      accessEndsAtMs: milliseconds(session.access_token_expires_at),
      sessionEndsAtMs: end === null ? null : milliseconds(end),
      replaced: replaced?.map(({ guest_id: guestId, until }) => ({ guestId, untilMs: Date.parse(until) })),
    },
  };
}

function checkToken(name: string, what: string, token: string): void {
  try {
    takeApart(token);
  } catch (error) {
    if (!isAnonError(error)) throw error;
    throw notAnExport(`the ${what} of '${name}' is no token`);
  }
}

/** Whose an access token says it is, nothing of it checked. */
function issuerIn(token: string): string | undefined {
  const { payload } = takeApart(token);
  const { iss } = (payload && jsonObjectIn(payload)) ?? {};
  return typeof iss === 'string' ? iss : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, in which tokens are.
    throw notAnExport('it is no JSON');
  }
}

function isNewer(content: unknown): boolean {
  if (typeof content !== 'object' || content === null || !('version' in content)) return false;
  return typeof content.version === 'number' && content.version > 1;
}

function notAnExport(problem: string): AnonError {
  return new AnonError('usage', `This is not what session export writes: ${problem}.`);
}

function isoTime(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}

function milliseconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
