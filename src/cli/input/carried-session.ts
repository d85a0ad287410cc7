import { chooseRequestingApp, type RequestingApp } from '../../domain/app/find.ts';
import { findSession } from '../../domain/session/find.ts';
import { isAnonError, withHint } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { type Access, requestedAppAndApi } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';

/** A guest's session that goes into a login. */
export interface CarriedSession {
  readonly token: string;
  readonly app: RequestingApp;
  readonly metadata?: JsonObject | undefined;
  /** The API that a saved session is for. */
  readonly audience?: string | undefined;
}

/** The session of the given token, by default the saved one with its application. */
export async function sessionToCarry(
  context: Context,
  options: { readonly app?: string; readonly session?: string },
  { tenant, profile }: Access,
  given: string | undefined,
): Promise<CarriedSession> {
  if (given !== undefined) {
    const { app: named } = requestedAppAndApi(context, options);
    return { token: given, app: await chooseRequestingApp(tenant, { named, chosen: profile.app }) };
  }
  const sessions = await context.sessions(profile);
  const { session } = await findSession({ ...tenant, sessions }, options.session).catch((error: unknown) => {
    if (!isAnonError(error) || error.code !== 'not_found') throw error;
    throw withHint(error, `For a session that is not saved, pass its token with --session-token -. ${error.hint}`);
  });
  const { sessionToken: token, clientId, metadata, audience } = session;
  const chosen = { clientId, name: clientId };
  return { token, metadata, audience, app: await chooseRequestingApp(tenant, { named: options.app, chosen }) };
}
