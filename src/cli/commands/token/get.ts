import { Command } from 'commander';
import { accessTokenHolds, secondsUntil } from '../../../domain/session/remembered.ts';
import { checkComplete } from '../../../domain/session/request-tokens.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { inspectToken } from '../../../domain/token/decode.ts';
import type { KeyRing } from '../../../domain/token/key-source.ts';
import { withExample } from '../../options/example.ts';
import { printResult } from '../../output/output.ts';
import { type Access, accessTenant, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { tellDoubts } from './access-doubts.ts';
import { freshSession, type Got, isOutdated, serves } from './fresh-session.ts';
import { noSessionToken, showThenSettle } from './guest-tokens.ts';
import { addKeepOptions, type KeepOptions } from './keeping.ts';
import { alone, type KeptSession, keptSession, nothingRemembered, noticingEnd } from './kept-session.ts';
import { addTokenRequestOptions, readTokenInput, type TokenRequestOptions } from './options.ts';

export interface TokenGetOptions extends TokenRequestOptions, KeepOptions {
  readonly create?: true;
}

export function tokenGetCommand(context: Context, run = getAndPrint): Command {
  const command = addKeepOptions(
    addTokenRequestOptions(new Command('get').description('print an access token that is good for another minute')),
    'of this session, not of the current one',
  )
    .option('--create', 'where no session can give one, begin one with a new guest')
    .action((options: TokenGetOptions) => run(context, options));
  return withExample(
    command,
    'token get --create',
    'The one that is kept, else a new one of the same session, else with --create one\nof a new guest, which is told on stderr, as is one that holds for less than the\nminute. Metadata is for new guests only.\nIn a script: TOKEN=$(anon-cli token get --create)',
  );
}

async function getAndPrint(context: Context, options: TokenGetOptions): Promise<void> {
  const input = await readTokenInput(context, options);
  const { profile } = await selectProfile(context, options);
  const kept = await keptSession(context, profile, options);
  const { sessions, name } = kept;
  const nowMs = context.clock.now();
  const atHand = await sessions.get(name);
  // The embedded tenant may have got another issuer meanwhile; one elsewhere is not needed for what is at hand.
  const embedded = profile.domain === undefined ? await accessTenant(context, options) : undefined;
  if (atHand && serves(options, atHand, nowMs) && !(embedded && isOutdated(embedded, atHand))) {
    print(context, options, kept, { session: atHand, origin: 'kept' });
    // It was warned of when it came.
    return options.strict && judge(context, options, embedded ?? (await accessTenant(context, options)), atHand);
  }
  const access = embedded ?? (await accessTenant(context, options));
  if (!atHand && !options.create) {
    throw nothingRemembered(access.tenant, name, await sessions.names(), 'token get --create');
  }
  await alone(kept, async () => {
    const before = await sessions.get(name);
    const got = await noticingEnd(kept, access.tenant, before, () =>
      freshSession(context, access, { options, input }, before),
    );
    warnOfShort(context, got.session);
    const keep = async () => {
      if (!kept.saves || got.origin === 'kept') return;
      if (got.session.sessionToken === '') return context.warn(noSessionToken);
      await sessions.put(name, got.session);
      if (got.origin === 'created') await sessions.use(name);
    };
    await showThenSettle(keep(), async () => {
      print(context, options, kept, got);
      if (got.origin !== 'kept' || options.strict) await judge(context, options, access, got.session);
    });
  });
}

/** @throws {AnonError} `token_unacceptable` with `--strict`, for an access token that is not what was asked for */
async function judge(
  context: Context,
  { strict }: TokenGetOptions,
  { tenant: { issuer, clock } }: Access,
  { accessToken, audience }: RememberedSession,
): Promise<void> {
  const keys: KeyRing = { signatureKeys: async () => [], sealKeys: async () => [] };
  tellDoubts(context, await inspectToken({ clock, keys }, accessToken), { issuer, audience, strict });
}

/** The end of its session, or the API, may allow no more. */
function warnOfShort({ clock, warn }: Context, session: RememberedSession): void {
  const nowMs = clock.now();
  const left = secondsUntil(session.accessEndsAtMs, nowMs);
  if (typeof left !== 'number' || accessTokenHolds(session, nowMs)) return;
  const withSession = typeof session.sessionEndsAtMs === 'number' && session.sessionEndsAtMs - nowMs < 60_000;
  warn(`This access token is good for ${left} s only${withSession ? ': its session ends then' : ''}.`);
}

/** @throws {AnonError} `response_invalid` where the tenant gave no access token */
function print(context: Context, options: TokenGetOptions, { name }: KeptSession, { session, origin }: Got): void {
  checkComplete({ problem: session.accessToken === '' ? 'access_token is required' : undefined });
  printResult(context, options, {
    data: {
      access_token: session.accessToken,
      token_type: session.tokenType ?? 'Bearer',
      expires_in: secondsUntil(session.accessEndsAtMs, context.clock.now()) ?? null,
      origin,
      guest_id: session.guestId ?? null,
      session_name: name,
    },
    verbatim: true,
    human: () => `${session.accessToken}\n`,
  });
}
