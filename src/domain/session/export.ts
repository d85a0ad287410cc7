import { AnonError, isAnonError, updateHint } from '../../errors.ts';
import { takeApart } from '../../jose/compact.ts';
import { jsonObjectIn } from '../../jose/json.ts';
import { readExactJson } from '../../wire/exact-json.ts';
import { check } from '../../wire/schema.ts';
import { type ExportedSession, type SessionExport, sessionExport } from '../../wire/session-export.ts';
import type { NamedSession } from './find.ts';
import { checkSessionName } from './saved-session.ts';

/** A session with its name, and the issuer of its tenant where that is known. */
export interface ImportedSession extends Omit<NamedSession, 'current'> {
  readonly issuer: string | undefined;
}

/** Saved sessions of the tenant with this issuer, written for another machine with their tokens. */
export function exportOf(issuer: string, sessions: readonly Omit<NamedSession, 'current'>[]): SessionExport {
  return { version: 1, issuer, sessions: sessions.map(exported) };
}

function exported({ name, session }: Omit<NamedSession, 'current'>): ExportedSession {
  const { sessionEndsAtMs: end, replaced } = session;
  return {
    name,
    session_token: session.sessionToken,
    ...(session.accessToken !== '' && { access_token: session.accessToken }),
    ...(session.tokenType !== undefined && { token_type: session.tokenType }),
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
 * Reads the sessions of an export. Checks their shape, their names and the characters of their tokens: only the tenant can
 * tell whether it accepts a token.
 * @throws {AnonError} `usage`, repeating nothing of the tokens
 */
export function readExport(text: string): ImportedSession[] {
  const content = parse(text);
  if (isNewer(content)) {
    throw new AnonError('usage', 'These sessions were exported by a newer anon-cli.', {
      hint: updateHint,
    });
  }
  const checked = check(sessionExport, content);
  if (!checked.ok) throw notAnExport(checked.problem);
  const { sessions, issuer } = checked.value;
  if (sessions.length === 0) throw notAnExport('it has no sessions');
  if (new Set(sessions.map(({ name }) => name)).size < sessions.length)
    throw notAnExport('two sessions have the same name');
  return sessions.map((session) => imported(session, issuer));
}

function imported(session: ExportedSession, issuer: string | undefined): ImportedSession {
  const { name, session_expires_at: end, replaced } = session;
  checkSessionName(name);
  checkToken(name, 'session token', session.session_token);
  if (session.access_token !== undefined) checkToken(name, 'access token', session.access_token);
  return {
    name,
    issuer: issuer ?? issuerIn(session.access_token),
    session: {
      sessionToken: session.session_token,
      accessToken: session.access_token ?? '',
      tokenType: session.token_type,
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
  // The characters of a bearer token, and two more that issuers use. @see RFC 6750, section 2.1
  if (/^[\w.~+/=:|-]+$/.test(token)) return;
  throw notAnExport(`the ${what} of '${name}' is not a token`);
}

/** The issuer in an access token, unchecked; undefined where it cannot be read. */
function issuerIn(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  try {
    const { payload } = takeApart(token);
    const { iss } = (payload && jsonObjectIn(payload)) ?? {};
    return typeof iss === 'string' ? iss : undefined;
  } catch (error) {
    if (isAnonError(error)) return undefined;
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return readExactJson(text);
  } catch {
    // The parser's own message quotes the text, which has tokens in it.
    throw notAnExport('it is not JSON');
  }
}

function isNewer(content: unknown): boolean {
  if (typeof content !== 'object' || content === null || !('version' in content)) return false;
  return typeof content.version === 'number' && content.version > 1;
}

function notAnExport(problem: string): AnonError {
  return new AnonError('usage', `This is not a session export: ${problem}.`);
}

function isoTime(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}

function milliseconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
