import { mergeMetadata } from '../../wire/metadata.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { decodeToken } from '../token/decode.ts';
import { tenantKeyRing } from '../token/tenant-keys.ts';
import { decodeTokens, sessionToSave } from './decoded-tokens.ts';
import { checkCreation, checkUpdate } from './edition-limits.ts';
import { sessionNotFound } from './find.ts';
import { checkMergedSize } from './metadata/metadata.ts';
import { replacing, type SavedSession } from './saved-session.ts';
import { failureOf, locked, type SessionPorts, type SessionTarget, saveExpiry, type TokenOutcome } from './target.ts';
import {
  createSession,
  type ExplainRefusal,
  type RequestDefaults,
  type RequestOptions,
  tokenRequest,
  updateSession,
} from './token-request.ts';

/**
 * Updates or renews a saved session, or replaces it by one of a new guest, and saves the result. No other process works
 * on the session meanwhile: two concurrent updates must both take effect.
 * @throws {AnonError} `not_found` for a session that does not exist
 */
export async function updateSaved(
  ports: SessionPorts,
  tenant: TenantConnection,
  target: SessionTarget,
  { replace = false, ...options }: RequestOptions & { readonly replace?: boolean },
): Promise<TokenOutcome> {
  const { sessions } = ports;
  const { name, saves, selection } = target;
  const missing = () => sessionNotFound({ ...tenant, sessions }, name);
  // A lock would leave its file behind. A name may be missing from the list although its session exists.
  if (!(await sessions.names()).includes(name) && !(await sessions.get(name))) throw await missing();
  return locked(ports, target, async () => {
    const before = await sessions.get(name);
    if (!before) throw await missing();
    const work = replace
      ? replaceSession(ports, tenant, before, options)
      : continueSession(ports, tenant, { before, options, selection });
    const outcome = await work.catch(async (error: unknown) => {
      await saveExpiry(ports, target, before, error);
      throw error;
    });
    const { session } = outcome;
    return { ...outcome, saveFailure: saves && session ? await failureOf(sessions.put(name, session)) : undefined };
  });
}

/**
 * Updates or renews a saved session without saving the result. Uses the session's application and API unless others are
 * given.
 */
export async function continueSession(
  { explain }: Pick<SessionPorts, 'explain'>,
  tenant: TenantConnection,
  {
    before,
    options,
    selection = '',
  }: { readonly before: SavedSession; readonly options: RequestOptions; readonly selection?: string },
): Promise<TokenOutcome> {
  await checkUpdate(tenant, options.metadata, selection);
  const { sessionToken } = before;
  return requestUpdate(
    explain,
    tenant,
    { sessionToken, defaults: defaultsOf(before), before },
    inherited(options, before),
  );
}

/** Updates or renews the session of a token that is not saved. */
export async function updateUnsaved(
  { explain }: Pick<SessionPorts, 'explain'>,
  tenant: TenantConnection,
  options: RequestOptions & { readonly sessionToken: string },
  defaults: RequestDefaults,
): Promise<TokenOutcome> {
  await checkUpdate(tenant, options.metadata, '');
  return requestUpdate(explain, tenant, { sessionToken: options.sessionToken, defaults }, options);
}

interface UpdatedSession {
  readonly sessionToken: string;
  readonly defaults: RequestDefaults;
  /** Undefined for a session that is not saved. */
  readonly before?: SavedSession;
}

async function requestUpdate(
  explain: ExplainRefusal,
  tenant: TenantConnection,
  { sessionToken, defaults, before }: UpdatedSession,
  options: RequestOptions,
): Promise<TokenOutcome> {
  const { metadata } = options;
  if (metadata) checkMergedSize(before?.metadata ?? (await metadataIn(tenant, sessionToken)), metadata);
  const request = { ...(await tokenRequest(tenant, options, defaults)), sessionToken };
  const tokens = await updateSession(tenant, { ...request, heldMetadata: before?.metadata }, explain);
  const decoded = await decodeTokens(tenant, tokens);
  const session = sessionToSave({ ...decoded, request, nowMs: tenant.clock.now() }, before);
  return { decoded, audience: request.api.audience, session };
}

/** Undefined where the token cannot be read: the tenant decides whether it is a token at all. */
async function metadataIn(tenant: TenantConnection, sessionToken: string): Promise<unknown> {
  const ports = { clock: tenant.time, keys: tenantKeyRing(tenant) };
  const session = await decodeToken(ports, sessionToken).catch(() => undefined);
  return session?.claims?.metadata;
}

/**
 * Creates a session with the metadata of a saved one and the changes to it, by default for the same application and
 * API: where metadata is set once, this is how it changes. Warns that this is a new guest.
 */
async function replaceSession(
  { explain, warn }: SessionPorts,
  tenant: TenantConnection,
  before: SavedSession,
  options: RequestOptions,
): Promise<TokenOutcome> {
  const metadata = mergeMetadata(before.metadata ?? {}, options.metadata ?? {});
  checkMergedSize(before.metadata ?? {}, options.metadata);
  await checkCreation(tenant, { metadata, userId: undefined });
  const asked = { ...inherited(options, before), metadata };
  const request = { ...(await tokenRequest(tenant, asked, defaultsOf(before))), userId: undefined };
  const decoded = await decodeTokens(tenant, await createSession(tenant, request, explain));
  const nowMs = tenant.clock.now();
  const session = sessionToSave({ ...decoded, request, nowMs });
  warn(newGuestText(before, session));
  if (!before.metadata)
    warn('The metadata of the replaced session is unknown: the new session has only the given metadata.');
  return { decoded, audience: request.api.audience, session: session && replacing(session, before, nowMs) };
}

/** The warning that the new tokens belong to another guest. */
export function newGuestText(before: SavedSession | undefined, after: SavedSession | undefined): string {
  const [was, is] = [before, after].map((session) => session?.guestId ?? 'unknown');
  return before ? `The guest id changed from ${was} to ${is}.` : `This is a new guest: ${is}.`;
}

/** The scopes of a saved session are for its API. */
function inherited(options: RequestOptions, before: SavedSession): RequestOptions {
  return { ...options, scope: options.scope ?? (options.api === undefined ? before.scope : undefined) };
}

function defaultsOf({ clientId, audience, appName, apiName }: SavedSession): RequestDefaults {
  return { app: { clientId, name: appName ?? clientId }, api: { audience, name: apiName ?? audience } };
}
