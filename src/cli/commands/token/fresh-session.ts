import { createSession } from '../../../domain/session/create.ts';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import {
  accessTokenHolds,
  hasEnded,
  inPlaceOf,
  isOfOtherIssuer,
  sessionToRemember,
} from '../../../domain/session/remembered.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { AnonError, isAnonError, withHint } from '../../../errors.ts';
import { scopeText } from '../../options/scopes.ts';
import { type Access, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { continueSession } from './continue-session.ts';
import { readTokens } from './guest-tokens.ts';
import { sessionSelection } from './kept-session.ts';
import type { TokenInput, TokenRequestOptions } from './options.ts';
import { changedGuest } from './replace-session.ts';
import { tokenRequest } from './token-request.ts';

/** A session whose access token holds, and how it came by that: it had it, it was renewed, or its guest is new. */
export interface Got {
  readonly session: RememberedSession;
  readonly origin: 'kept' | 'renewed' | 'created';
}

interface Asked {
  readonly options: TokenRequestOptions & { readonly create?: true; readonly session?: string };
  readonly input: TokenInput;
}

/** Whether the access token of a session is one that was asked for, and holds. */
export function serves({ app, api, scope }: TokenRequestOptions, session: RememberedSession, nowMs: number): boolean {
  return (
    accessTokenHolds(session, nowMs) &&
    (app === undefined || app === session.clientId || app === session.appName) &&
    (api === undefined || api === session.audience || api === session.apiName) &&
    (scope === undefined || scopeText(scope) === session.scope)
  );
}

/** Whether the embedded tenant gave the access token before its issuer changed. What another tenant calls itself is its own. */
export function isOutdated({ tenant, profile }: Access, session: RememberedSession): boolean {
  return profile.domain === undefined && isOfOtherIssuer(session, tenant.issuer);
}

/**
 * The session as it is where its access token serves, else renewed, else one of a new guest where that is wanted;
 * it is said when there is one.
 * @throws {AnonError} `token_unacceptable` when the session has ended and no other is wanted
 */
export async function freshSession(
  context: Context,
  access: Access,
  asked: Asked,
  before: RememberedSession | undefined,
): Promise<Got> {
  const nowMs = context.clock.now();
  if (before && serves(asked.options, before, nowMs) && !isOutdated(access, before)) {
    return { session: before, origin: 'kept' };
  }
  if (before && !hasEnded(before, nowMs)) {
    const session = await renewed(access, asked, before);
    if (session) return { session, origin: 'renewed' };
  }
  const { tenant } = access;
  if (!asked.options.create) {
    throw new AnonError('token_unacceptable', 'The session has ended.', {
      hint: `Begin one with a new guest: ${createCommand(access, asked)}`,
    });
  }
  const session = await newGuest(context, access, asked);
  context.warn(changedGuest(before, session));
  return { session: before ? inPlaceOf(session, before, tenant.clock.now()) : session, origin: 'created' };
}

/** Undefined where the tenant takes the session no more, and another is wanted then. */
async function renewed(
  access: Access,
  asked: Asked,
  before: RememberedSession,
): Promise<RememberedSession | undefined> {
  const { options, input } = asked;
  const { tenant } = access;
  try {
    // Metadata is for new guests.
    const continuation = { tenant, options, input: { ...input, metadata: undefined } };
    return (await continueSession(continuation, before)).session;
  } catch (error) {
    if (!isAnonError(error) || error.code !== 'token_unacceptable') throw error;
    if (options.create) return undefined;
    throw withHint(error, `Begin one with a new guest: ${createCommand(access, asked)}`);
  }
}

async function newGuest(context: Context, { tenant, profile }: Access, asked: Asked): Promise<RememberedSession> {
  const { options, input } = asked;
  await checkCreation(tenant, { metadata: input.metadata, userId: undefined });
  const choices = { named: requestedAppAndApi(context, options), chosen: profile };
  const request = { ...(await tokenRequest(tenant, choices, asked)), userId: undefined };
  const tokens = await createSession(tenant, request);
  // Without a session token it cannot be saved, and the access token is good all the same.
  const { sessionToken = '' } = tokens;
  const read = await readTokens(tenant, { ...tokens, sessionToken });
  const session = sessionToRemember({ ...read, request, nowMs: tenant.clock.now() });
  if (session) return session;
  throw new AnonError('response_invalid', 'The tenant answered a new session without a session token.');
}

function createCommand({ tenant }: Access, { options }: Asked): string {
  return `anon-cli token get --create${sessionSelection(options)}${tenant.selection}`;
}
