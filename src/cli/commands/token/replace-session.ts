import { createSession } from '../../../domain/session/create.ts';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import { checkMergedSize } from '../../../domain/session/metadata.ts';
import { inPlaceOf, sessionToRemember } from '../../../domain/session/remembered.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { mergeMetadata } from '../../../wire/metadata.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import type { Continuation } from './continue-session.ts';
import { readTokens } from './guest-tokens.ts';
import { type Continued, choicesOf } from './kept-session.ts';
import { tokenRequest } from './token-request.ts';

/**
 * Starts a new session with the metadata of a kept one and what is to change of it, at the same application and
 * API unless others are named: where metadata is set once, this is how it changes. Says that the guest is another.
 */
export async function replaceSession(
  { warn }: Pick<Context, 'warn'>,
  { tenant, options, input }: Continuation,
  before: RememberedSession,
): Promise<Continued> {
  const metadata = mergeMetadata(before.metadata ?? {}, input.metadata ?? {});
  checkMergedSize(before.metadata ?? {}, input.metadata);
  await checkCreation(tenant, { metadata, userId: undefined });
  const scope = options.scope ?? (options.api === undefined ? before.scope : undefined);
  const choices = { named: { app: options.app, api: options.api }, chosen: choicesOf(before) };
  const asked = { options: { ...options, ...(scope !== undefined && { scope }) }, input: { ...input, metadata } };
  const request = { ...(await tokenRequest(tenant, choices, asked)), userId: undefined };
  const inspected = await readTokens(tenant, await createSession(tenant, request));
  const nowMs = tenant.clock.now();
  const session = sessionToRemember({ ...inspected, request, nowMs });
  warn(changedGuest(before, session));
  if (!before.metadata)
    warn('The metadata of the session before is not known here: the new one has only what was given.');
  return { inspected, audience: request.api.audience, session: session && inPlaceOf(session, before, nowMs) };
}

/** In words, that who comes with these tokens is another guest. */
export function changedGuest(before: RememberedSession | undefined, after: RememberedSession | undefined): string {
  const [was, is] = [before, after].map((session) => printable(session?.guestId ?? 'unknown'));
  return before ? `The guest id changed: it is ${is} now, and was ${was}.` : `This is a new guest: ${is}.`;
}
