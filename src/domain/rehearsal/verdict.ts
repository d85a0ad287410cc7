import { AnonError } from '../../errors.ts';
import { shellWord } from '../shell-word.ts';
import type { Carrier } from './carrier.ts';

/** What a rehearsal has found out. */
export interface CarryFacts {
  readonly via: Carrier;
  readonly app: { readonly clientId: string; readonly name: string };
  /** The tenant saw the guest in the login. */
  readonly cameAlong: boolean;
  /** The session token as the tenant reads it. */
  readonly session: {
    /** Unknown where the tenant did not issue it, or somebody changed it. */
    readonly kind: 'session' | 'ticket' | 'jwt' | 'unknown';
    readonly clientId?: string;
    /** The name of that application. */
    readonly appName?: string;
    /** In seconds since 1970; undefined for a session that never expires. */
    readonly endSeconds?: number | undefined;
  };
  /** Logins read the cookie. */
  readonly readsCookie: boolean;
  /** Why the tenant issued no ticket. */
  readonly refusedTicket: Refused | undefined;
  /** Why the login ended without tokens. */
  readonly refusedLogin: Refused | undefined;
  /** The same as a sentence, where it was an Action. */
  readonly refusingAction: string | undefined;
  readonly nowMs: number;
}

interface Refused {
  readonly error: string;
  readonly description: string;
}

/** Why a guest did not come along. */
export type ReasonCode =
  | 'session_unknown'
  | 'other_token'
  | 'other_application'
  | 'session_expired'
  | 'cookie_disabled'
  | 'ticket_refused'
  | 'login_refused';

export interface Reason {
  readonly reason: ReasonCode;
  /** A clause: `the session has expired`. */
  readonly detail: string;
}

export interface Verdict {
  readonly carried: boolean;
  /** Each was checked. Empty for a guest who came along, and where no check shows why not. */
  readonly reasons: readonly Reason[];
  /** A sentence. */
  readonly text: string;
}

const ways: Readonly<Record<Carrier, string>> = {
  ticket: 'ticket',
  query: 'query parameter',
  header: 'header',
  cookie: 'cookie',
};

export function verdictOn(facts: CarryFacts): Verdict {
  if (facts.cameAlong) return { carried: true, reasons: [], text: `The guest came along by ${ways[facts.via]}.` };
  const reasons = reasonsIn(facts);
  const why =
    reasons.length > 0 ? `: ${reasons.map(({ detail }) => detail).join(', and ')}.` : ', and no check shows why.';
  return { carried: false, reasons, text: `The guest did not come along${why}` };
}

function reasonsIn(facts: CarryFacts): Reason[] {
  const reasons = [...sessionReasons(facts), ...carrierReasons(facts)];
  if (reasons.length > 0) return reasons;
  if (facts.refusedTicket) {
    return [{ reason: 'ticket_refused', detail: `the tenant issued no ticket (${refusedText(facts.refusedTicket)})` }];
  }
  if (!facts.refusedLogin) return [];
  return [{ reason: 'login_refused', detail: `the login was refused before (${refusedText(facts.refusedLogin)})` }];
}

const otherTokens = { ticket: 'a transfer ticket', jwt: 'an access token or an ID token' };

function sessionReasons({ session, app, nowMs }: CarryFacts): Reason[] {
  if (session.kind === 'unknown') {
    return [
      reason(
        'session_unknown',
        'the tenant cannot read the session token, which another tenant issued or somebody changed',
      ),
    ];
  }
  if (session.kind !== 'session') {
    return [reason('other_token', `the given token is ${otherTokens[session.kind]}, not a session token`)];
  }
  const { clientId = '', appName = clientId, endSeconds } = session;
  const isOther = clientId !== app.clientId;
  const isExpired = endSeconds !== undefined && endSeconds * 1000 <= nowMs;
  return [
    ...(isOther
      ? [reason('other_application', `the session belongs to the application ${appName}, not to ${app.name}`)]
      : []),
    ...(isExpired ? [reason('session_expired', 'the session has expired')] : []),
  ];
}

function carrierReasons({ via, readsCookie }: CarryFacts): Reason[] {
  if (via !== 'cookie' || readsCookie) return [];
  return [reason('cookie_disabled', "the tenant's cookie is disabled, so logins do not read it")];
}

function reason(code: ReasonCode, detail: string): Reason {
  return { reason: code, detail };
}

/** `access_denied: Too many items in the cart` */
export function refusedText({ error, description }: Refused): string {
  return description === '' ? error : `${error}: ${description.replace(/\.$/, '')}`;
}

/** Why the login ended without tokens; empty where it ended with them. */
export function refusalSentence({ refusedLogin, refusingAction }: CarryFacts): string {
  return refusingAction ?? (refusedLogin ? `The login was refused: ${refusedText(refusedLogin)}.` : '');
}

interface Place {
  /** The option that names the saved session: ` --session NAME` or nothing. */
  readonly sessionSelection: string;
  readonly selection: string;
}

/** The error to end with; undefined for a login that ended with tokens for a guest who came along. */
export function failureOf(facts: CarryFacts, { carried, reasons, text }: Verdict, place: Place): AnonError | undefined {
  const { refusedLogin } = facts;
  const isRefused = refusedLogin && (carried || reasons[0]?.reason === 'login_refused');
  if (isRefused) return new AnonError('failed', refusalSentence(facts));
  if (carried) return undefined;
  return new AnonError('guest_not_carried', text, { hint: hintFor(facts, reasons[0]?.reason, place) });
}

function hintFor(
  { app, session }: CarryFacts,
  code: ReasonCode | undefined,
  { sessionSelection, selection }: Place,
): string | undefined {
  switch (code) {
    case 'session_unknown':
      return 'Is the token complete and unchanged? To look inside: anon-cli token decode';
    case 'other_token':
      return 'Pass the session token, which anon-cli token create --json prints as session_token.';
    case 'other_application':
      return `To log in to that application: --app ${shellWord(session.appName ?? '')}`;
    case 'session_expired':
      return `Create another: anon-cli token create${sessionSelection}${selection}`;
    case 'cookie_disabled':
      return `Enable it: anon-cli tenant set-cookie on${selection}`;
    case 'ticket_refused':
      return `To see what is closed: anon-cli doctor --app ${shellWord(app.name)}${selection}`;
    default:
      return undefined;
  }
}
