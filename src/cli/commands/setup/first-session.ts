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

/** The session that setup ends with. */
export interface FirstSession {
  readonly inspected: InspectedTokens;
  /** The name it is saved by; undefined where it is not saved. */
  readonly name: string | undefined;
  /** It was saved already and stays as it is, or with a new access token; or its guest is new. */
  readonly origin: 'kept' | 'renewed' | 'created';
}

type Show = (first: FirstSession) => void;

/** A saved session of this application and API. */
interface Saved {
  readonly name: string;
  readonly session: RememberedSession;
}

/**
 * The saved session of this application and API where it still holds: who runs setup again keeps the guest there is. Else
 * that of a new guest. `changed`: what guests may do has just changed, so an access token from before says too little.
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
      context.warn(`Session ${kept.name} was that of guest ${guest}: a new guest took its place.`);
    }
    show({ inspected, name: kept?.name, origin: 'created' });
  });
}

/** The current one, else the one in whose place a new one would be. */
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

/** False where the tenant takes the session no more. */
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

/** Shows tokens with their signatures checked, and says what of them is not as it was asked for. */
function shown(
  { context, access: { tenant }, options: { strict } }: Dialog,
  audience: string,
  read: InspectedTokens,
  show: (inspected: InspectedTokens) => void,
): Promise<void> {
  return inspectAndShow(context, { tenant, audience, strict }, read, show);
}

/** The tokens as the tenant gave them, by what is known of them now. */
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

/** The metadata of the command line is for a new guest: that it was not sent is said, unless the session has it already. */
function warnOfMetadata({ context, access, input, edition }: Dialog, session: RememberedSession): void {
  const { metadata } = input;
  if (!metadata || holds(session.metadata, metadata)) return;
  const replace = edition.updatesMetadata ? '' : ' --replace';
  context.warn(
    'The saved session stays, and --meta is for a new one: nothing of it was sent. ' +
      `To change it: anon-cli token update${replace} --meta <key=value>${access.tenant.selection}`,
  );
}

function holds(all: JsonObject | undefined, part: JsonObject): boolean {
  return Object.entries(part).every(([key, value]) => exactJson(all?.[key]) === exactJson(value));
}
