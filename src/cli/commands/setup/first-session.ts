import { requestingApp } from '../../../domain/app/find.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { SetUp } from '../../../domain/gates/set-up.ts';
import { accessTokenHolds, hasEnded, secondsUntil } from '../../../domain/session/remembered.ts';
import type { GuestTokens } from '../../../domain/session/request-tokens.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { isAnonError } from '../../../errors.ts';
import { exactJson } from '../../../wire/exact-json.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { printable } from '../../render/printable.ts';
import { continueSession } from '../token/continue-session.ts';
import { isOutdated } from '../token/fresh-session.ts';
import {
  createAndRemember,
  type InspectedTokens,
  inspectAndShow,
  readTokens,
  showThenSettle,
} from '../token/guest-tokens.ts';
import { type Keeping, keepingOf } from '../token/keeping.ts';
import { noticingEnd } from '../token/kept-session.ts';
import { withSecret } from '../token/options.ts';
import type { Dialog } from './dialog.ts';

/** The session at the end of setup. */
export interface FirstSession {
  readonly inspected: InspectedTokens;
  /** Its saved name; undefined if it is not saved. */
  readonly name: string | undefined;
  /** A saved session, unchanged or with a new access token; or a new guest. */
  readonly origin: 'kept' | 'renewed' | 'created';
}

type Show = (first: FirstSession) => void;

/** A saved session of this application and API. */
interface Saved {
  readonly name: string;
  readonly session: RememberedSession;
}

/**
 * The saved session of this application and API if it has not expired, so that setup can run again with the same guest;
 * otherwise a new guest's. `changed`: scopes have just changed, so a saved access token is outdated.
 */
export async function firstSession(
  dialog: Dialog,
  { app, api }: SetUp,
  { changed }: { changed: boolean },
  show: Show,
): Promise<void> {
  const { context, access, input } = dialog;
  const keeping = await keepingOf(context, access.profile, { save: true });
  const wanted = { clientId: app.clientId, audience: api.audience, nowMs: context.clock.now() };
  const saved = keeping && (await savedSession(keeping, wanted));
  if (saved && (await goOn(dialog, keeping, saved, { changed, show }))) return;
  const requesting = withSecret(await requestingApp(access.tenant, app), input.clientSecret);
  const request = { app: requesting, api, scope: undefined, metadata: input.metadata, userId: undefined };
  const { strict } = dialog.options;
  await createAndRemember(context, access, { request, keeping, strict }, (inspected, kept) => {
    if (kept?.inPlaceOf) {
      const guest = printable(kept.inPlaceOf.guestId ?? 'unknown');
      context.warn(`Replaced session '${kept.name}' of guest ${guest} with a new guest's.`);
    }
    show({ inspected, name: kept?.name, origin: 'created' });
  });
}

/** The current session, otherwise the one that a new session would replace. */
async function savedSession(
  { sessions, name: unnamed }: Keeping,
  { clientId, audience, nowMs }: { clientId: string; audience: string; nowMs: number },
): Promise<Saved | undefined> {
  for (const name of new Set([await sessions.current(), unnamed])) {
    const session = await sessions.get(name);
    if (session?.clientId === clientId && session.audience === audience && !hasEnded(session, nowMs)) {
      return { name, session };
    }
  }
  return undefined;
}

/** False if the tenant no longer accepts the session. */
async function goOn(
  dialog: Dialog,
  { sessions }: Keeping,
  { name, session: before }: Saved,
  { changed, show }: { changed: boolean; show: Show },
): Promise<boolean> {
  const { context, access, input } = dialog;
  const { tenant } = access;
  if (!changed && accessTokenHolds(before, context.clock.now()) && !isOutdated(access, before)) {
    await sessions.use(name);
    warnOfMetadata(dialog, before);
    const saved = await savedTokens(tenant, before);
    await shown(dialog, before.audience, saved, (inspected) => show({ inspected, name, origin: 'kept' }));
    return true;
  }
  return sessions.exclusively(name, async () => {
    const now = (await sessions.get(name)) ?? before;
    const kept = { sessions, name, saves: true };
    const continuation = { tenant, options: {}, input: { ...input, metadata: undefined, sessionToken: undefined } };
    const renewed = await noticingEnd(kept, tenant, now, () => continueSession(continuation, now)).catch(unlessRefused);
    if (!renewed) return false;
    const { session, inspected } = renewed;
    const keep = async () => {
      if (session) await sessions.put(name, session);
      await sessions.use(name);
    };
    warnOfMetadata(dialog, session ?? now);
    await showThenSettle(keep(), () =>
      shown(dialog, renewed.audience, inspected, (checked) => show({ inspected: checked, name, origin: 'renewed' })),
    );
    return true;
  });
}

function unlessRefused(error: unknown): undefined {
  if (isAnonError(error) && error.code === 'token_unacceptable') return undefined;
  throw error;
}

/** Shows tokens with checked signatures, and warns of differences from the request. */
function shown(
  { context, access: { tenant }, options: { strict } }: Dialog,
  audience: string,
  read: InspectedTokens,
  show: (inspected: InspectedTokens) => void,
): Promise<void> {
  return inspectAndShow(context, { tenant, audience, strict }, read, show);
}

/** Saved tokens in the form of a tenant's answer. */
async function savedTokens(tenant: TenantConnection, session: RememberedSession): Promise<InspectedTokens> {
  const nowMs = tenant.clock.now();
  const sessionSeconds = tenant.edition === 'ea' ? secondsUntil(session.sessionEndsAtMs, nowMs) : undefined;
  const tokens: GuestTokens = {
    sessionToken: session.sessionToken,
    accessToken: session.accessToken,
    tokenType: session.tokenType ?? 'Bearer',
    expiresInSeconds: secondsUntil(session.accessEndsAtMs, nowMs) ?? 0,
    sessionExpiresInSeconds: sessionSeconds ?? undefined,
    scope: session.scope,
  };
  const inspected = await readTokens(tenant, tokens);
  const granted = inspected.access.claims?.scope;
  return { ...inspected, tokens: { ...tokens, scope: typeof granted === 'string' ? granted : session.scope } };
}

/** --meta is only for a new guest: warns that it was not sent, unless the session already has it. */
function warnOfMetadata({ context, access, input, edition }: Dialog, session: RememberedSession): void {
  const { metadata } = input;
  if (!metadata || holds(session.metadata, metadata)) return;
  const replace = edition.updatesMetadata ? '' : ' --replace';
  context.warn(
    '--meta was not sent: it applies to a new session, and the saved one is reused. ' +
      `To change its metadata: anon-cli token update${replace} --meta <key=value>${access.tenant.selection}`,
  );
}

function holds(all: JsonObject | undefined, part: JsonObject): boolean {
  return Object.entries(part).every(([key, value]) => exactJson(all?.[key]) === exactJson(value));
}
