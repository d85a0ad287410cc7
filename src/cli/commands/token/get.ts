import type { Clock } from '../../../domain/clock.ts';
import { type FreshSession, freshSession, isOutdated, matches } from '../../../domain/session/access-token.ts';
import { sessionNotFound } from '../../../domain/session/find.ts';
import { reportMismatch } from '../../../domain/session/received-tokens.ts';
import { checkComplete } from '../../../domain/session/request-tokens.ts';
import { type SavedSession, secondsUntil } from '../../../domain/session/saved-session.ts';
import { inspectToken } from '../../../domain/token/decode.ts';
import { noKeys } from '../../../domain/token/key-source.ts';
import { saveOptions, sessionTarget, tokenPorts } from '../../input/session-options.ts';
import {
  readRequestInput,
  requestOptions,
  type TokenRequestOptions,
  tokenRequestOptions,
} from '../../input/token-request.ts';
import { sayClock } from '../../output/moved-clock.ts';
import { printResult } from '../../output/output.ts';
import { type Access, accessTenant, requestedAppAndApi, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

export const tokenGetCommand = defineCommand({
  description: 'print an access token that is valid for at least a minute',
  options: {
    ...tokenRequestOptions,
    ...saveOptions,
    '--create': 'create a new guest if no saved session can supply a token',
  },
  calls: 'tenant',
  result: 'access token',
  examples: ['token get --create'],
  notes:
    'Prints the saved access token while it has a minute left, otherwise a renewed one. With --create, a new guest supplies the token if no saved session can. A new guest, or a token with less than a minute left, is reported on stderr. Metadata applies to new guests only.\n\nIn a script: TOKEN=$(anon-cli token get --create)',
  async run(context, _args, options) {
    const input = await readRequestInput(context, options);
    const { profile } = await selectProfile(context, options);
    const sessions = await context.sessions(profile);
    const target = await sessionTarget(context, { sessions }, options);
    const { name } = target;
    const request = { ...requestOptions(options, input), create: options.create };
    const known = await sessions.get(name);
    // The local tenant's issuer may have changed, or its clock; a tenant elsewhere is not asked while the saved token is fresh.
    const local = profile.domain === undefined ? await accessTenant(context, options) : undefined;
    if (local) sayClock(context, local.tenant);
    const { clock } = local?.tenant ?? context;
    if (known && matches(request, known, clock.now()) && !(local && isOutdated(local, known))) {
      print({ context, clock }, options, name, { session: known, origin: 'kept' });
      // It was warned of when it came.
      return options.strict && check(context, options, local ?? (await accessTenant(context, options)), known);
    }
    const access = local ?? (await accessTenant(context, options));
    if (!known && !options.create) {
      throw await sessionNotFound({ ...access.tenant, sessions }, name, 'token get --create');
    }
    const forNewGuest = requestOptions({ ...options, ...requestedAppAndApi(context, options) }, input);
    const ports = { ...tokenPorts(context, access.tenant), sessions };
    const fresh = await freshSession(ports, access, target, { known, request, forNewGuest });
    const { origin, session, saveFailure } = fresh;
    try {
      print({ context, clock }, options, name, fresh);
      if (origin !== 'kept' || options.strict) await check(context, options, access, session);
    } catch (error) {
      throw saveFailure ? saveFailure.error : error;
    }
    if (saveFailure) throw saveFailure.error;
  },
});

/** @throws {AnonError} `token_unacceptable` with `--strict`, for an access token that is not what was requested */
async function check(
  context: Context,
  { strict }: TokenRequestOptions,
  { tenant: { issuer, clock } }: Access,
  { accessToken, audience }: SavedSession,
): Promise<void> {
  reportMismatch(context, await inspectToken({ clock, keys: noKeys }, accessToken), { issuer, audience, strict });
}

/** @throws {AnonError} `response_invalid` where the tenant gave no access token */
function print(
  { context, clock }: { readonly context: Context; readonly clock: Pick<Clock, 'now'> },
  options: TokenRequestOptions,
  name: string,
  { session, origin }: Pick<FreshSession, 'session' | 'origin'>,
): void {
  checkComplete({ problem: session.accessToken === '' ? 'access_token is required' : undefined });
  printResult(context, options, {
    data: {
      access_token: session.accessToken,
      token_type: session.tokenType ?? 'Bearer',
      expires_in: secondsUntil(session.accessEndsAtMs, clock.now()) ?? null,
      origin,
      guest_id: session.guestId ?? null,
      session_name: name,
    },
    verbatim: true,
    human: () => `${session.accessToken}\n`,
  });
}
