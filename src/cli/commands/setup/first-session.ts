import { requestingApp } from '../../../domain/app/find.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { SetUp } from '../../../domain/gates/set-up.ts';
import { isOutdated } from '../../../domain/session/access-token.ts';
import { createAndSave, type SaveAs } from '../../../domain/session/create.ts';
import { type DecodedTokens, decodeTokens } from '../../../domain/session/decoded-tokens.ts';
import type { GuestTokens } from '../../../domain/session/request-tokens.ts';
import {
  isAccessTokenFresh,
  isExpired,
  type SavedSession,
  secondsUntil,
} from '../../../domain/session/saved-session.ts';
import { failureOf, saveExpiry } from '../../../domain/session/target.ts';
import { withSecret } from '../../../domain/session/token-request.ts';
import { continueSession } from '../../../domain/session/update.ts';
import { isAnonError } from '../../../errors.ts';
import { exactJson } from '../../../wire/exact-json.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { printable } from '../../render/printable.ts';
import { saveAs, tokenPorts } from '../token/session-options.ts';
import { showTokens } from '../token/show-tokens.ts';
import type { Dialog } from './dialog.ts';

/** The session at the end of setup. */
export interface FirstSession {
  readonly inspected: DecodedTokens;
  /** Its saved name; undefined if it is not saved. */
  readonly name: string | undefined;
  /** A saved session, unchanged or with a new access token; or a new guest. */
  readonly origin: 'kept' | 'renewed' | 'created';
}

type Show = (first: FirstSession) => void;

/** A saved session of this application and API. */
interface Saved {
  readonly name: string;
  readonly session: SavedSession;
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
  const saving = await saveAs(context, access.profile, { save: true });
  const wanted = { clientId: app.clientId, audience: api.audience, nowMs: context.clock.now() };
  const saved = saving && (await savedSession(saving, wanted));
  if (saved && (await continueSaved(dialog, saving, saved, { changed, show }))) return;
  const requesting = withSecret(await requestingApp(access.tenant, app), input.clientSecret);
  const request = { app: requesting, api, scope: undefined, metadata: input.metadata, userId: undefined };
  const { strict } = dialog.options;
  const created = await createAndSave(tokenPorts(context), access.tenant, request, saving);
  const { name, replaced } = created.saved ?? {};
  await showTokens(context, { tenant: access.tenant, strict }, created, (inspected) => {
    if (replaced) {
      const guest = printable(replaced.guestId ?? 'unknown');
      context.warn(`Replaced session '${name}' of guest ${guest} with one of a new guest.`);
    }
    show({ inspected, name, origin: 'created' });
  });
}

/** The current session, otherwise the one that a new session would replace. */
async function savedSession(
  { sessions, name: unnamed }: SaveAs,
  { clientId, audience, nowMs }: { clientId: string; audience: string; nowMs: number },
): Promise<Saved | undefined> {
  for (const name of new Set([await sessions.current(), unnamed])) {
    const session = await sessions.get(name);
    if (session?.clientId === clientId && session.audience === audience && !isExpired(session, nowMs)) {
      return { name, session };
    }
  }
  return undefined;
}

/** False if the tenant no longer accepts the session. */
async function continueSaved(
  dialog: Dialog,
  { sessions }: SaveAs,
  { name, session: before }: Saved,
  { changed, show }: { changed: boolean; show: Show },
): Promise<boolean> {
  const { context, access, input } = dialog;
  const { tenant } = access;
  if (!changed && isAccessTokenFresh(before, context.clock.now()) && !isOutdated(access, before)) {
    await sessions.use(name);
    warnOfMetadata(dialog, before);
    const saved = await savedTokens(tenant, before);
    await showChecked(dialog, { decoded: saved, audience: before.audience }, (inspected) =>
      show({ inspected, name, origin: 'kept' }),
    );
    return true;
  }
  return sessions.exclusively(name, async () => {
    const now = (await sessions.get(name)) ?? before;
    const ports = { ...tokenPorts(context), sessions };
    const renewed = await continueSession(ports, tenant, {
      before: now,
      options: { clientSecret: input.clientSecret },
    }).catch(async (error: unknown) => {
      await saveExpiry(ports, { name, selection: '', saves: true }, now, error);
      return unlessRefused(error);
    });
    if (!renewed) return false;
    const { session } = renewed;
    const save = async () => {
      if (session) await sessions.put(name, session);
      await sessions.use(name);
    };
    warnOfMetadata(dialog, session ?? now);
    const outcome = { ...renewed, saveFailure: await failureOf(save()) };
    await showChecked(dialog, outcome, (checked) => show({ inspected: checked, name, origin: 'renewed' }));
    return true;
  });
}

function unlessRefused(error: unknown): undefined {
  if (isAnonError(error) && error.code === 'token_unacceptable') return undefined;
  throw error;
}

/** Shows tokens with checked signatures, and warns of differences from the request. */
function showChecked(
  { context, access: { tenant }, options: { strict } }: Dialog,
  outcome: Parameters<typeof showTokens>[2],
  show: (inspected: DecodedTokens) => void,
): Promise<void> {
  return showTokens(context, { tenant, strict }, outcome, show);
}

/** Saved tokens in the form of a tenant's answer. */
async function savedTokens(tenant: TenantConnection, session: SavedSession): Promise<DecodedTokens> {
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
  const inspected = await decodeTokens(tenant, tokens);
  const granted = inspected.access.claims?.scope;
  return { ...inspected, tokens: { ...tokens, scope: typeof granted === 'string' ? granted : session.scope } };
}

/** --meta is only for a new guest: warns that it was not sent, unless the session already has it. */
function warnOfMetadata({ context, access, input, edition }: Dialog, session: SavedSession): void {
  const { metadata } = input;
  if (!metadata || hasAll(session.metadata, metadata)) return;
  const replace = edition.updatesMetadata ? '' : ' --replace';
  context.warn(
    '--meta was not sent: it applies only to a new session, and setup reused the saved one. ' +
      `To change its metadata: anon-cli token update${replace} --meta <key=value>${access.tenant.selection}`,
  );
}

function hasAll(all: JsonObject | undefined, part: JsonObject): boolean {
  return Object.entries(part).every(([key, value]) => exactJson(all?.[key]) === exactJson(value));
}
