import { Command } from 'commander';
import type { Profile } from '../../domain/profile/profile.ts';
import { getReadable, type NamedSession } from '../../domain/session/find.ts';
import type { StatusResult } from '../../library/profile-results.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { withExample } from '../options/example.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printResult } from '../output/output.ts';
import type { Paint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import { credentialsText } from '../render/profile.ts';
import { rows } from '../render/rows.ts';
import { endText, sessionData } from '../render/session.ts';
import { requestedAppAndApi, requestedEdition, selectProfile } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';
import { environmentCredentials } from '../world/environment-credentials.ts';
import type { SavedSessions } from './session/saved-sessions.ts';

export function statusCommand(context: Context, run = printStatus): Command {
  const command = new Command('status')
    .description('show the tenant, application, API and session that commands use now')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'status', 'It asks no tenant: all of it is from this machine.');
}

async function printStatus(context: Context, options: GlobalOptions): Promise<void> {
  const selected = await selectProfile(context, options);
  const { selection, because } = selected;
  const profile = await context.withEdition(selected.profile, requestedEdition(context, options));
  const named = requestedAppAndApi(context, {});
  const { app, api } = profile;
  const status: Status = {
    profile,
    selection,
    source: because === '--profile' ? 'option' : (because ?? 'current'),
    edition: editionFor(context, options, profile),
    fromEnvironment: environmentCredentials(context, profile.domain) !== undefined,
    app: named.app
      ? { client_id: null, name: named.app, source: 'ANON_APP' }
      : app
        ? { client_id: app.clientId, name: app.name, source: 'profile' }
        : null,
    api: named.api
      ? { audience: null, name: named.api, source: 'ANON_API' }
      : api
        ? { audience: api.audience, name: api.name, source: 'profile' }
        : null,
    session: await currentSession(context, profile, selection),
  };
  const nowMs = context.clock.now();
  printResult(context, options, {
    data: statusData(status, nowMs),
    human: (paint) => renderStatus(paint, status, nowMs),
  });
}

/** The edition that commands speak there. The embedded tenant speaks its own, whatever is asked for. */
function editionFor(context: Context, options: GlobalOptions, profile: Profile): EditionName | undefined {
  const chosen = requestedEdition(context, options);
  if (profile.domain !== undefined) return chosen ?? profile.edition;
  if (chosen && profile.edition && chosen !== profile.edition) {
    context.warn(`The local tenant speaks edition ${profile.edition}: commands that ask for ${chosen} are refused.`);
  }
  return profile.edition;
}

/** One that cannot be read is none to commands either, which is reported. */
async function currentSession(context: Context, profile: Profile, selection: string): Promise<Status['session']> {
  const sessions = await context.sessions(profile);
  const name = await sessions.current();
  const saved: SavedSessions = { sessions, profile: profile.name, issuer: undefined, selection, warn: context.warn };
  const session = await getReadable(saved, name);
  return session && { name, session, current: true };
}

/** Why a profile is the one that commands use. */
type ProfileSource = StatusResult['profile_source'];

/** Where a command would go now, and with what. */
interface Status {
  readonly profile: Profile;
  readonly source: ProfileSource;
  readonly edition: EditionName | undefined;
  /** What signs in, where not the profile's own: from the environment. */
  readonly fromEnvironment: boolean;
  readonly app: StatusResult['app'];
  readonly api: StatusResult['api'];
  readonly session: NamedSession | undefined;
  /** What another command needs so that it goes there too. */
  readonly selection: string;
}

const reasons: Readonly<Record<ProfileSource, string>> = {
  option: 'given by --profile',
  ANON_PROFILE: 'given by ANON_PROFILE',
  AUTH0_DOMAIN: 'for the tenant in AUTH0_DOMAIN',
  current: 'the current profile',
};

function renderStatus(paint: Paint, status: Status, nowMs: number): string {
  const { profile, source, edition, app, api, session, selection } = status;
  const domain = profile.domain ?? 'embedded, on this machine';
  return rows(
    paint,
    [
      ['tenant', paint.bold(printable(domain))],
      ['profile', `${printable(profile.name)}, ${profile.adHoc ? 'not saved, ' : ''}${reasons[source]}`],
      ...(profile.production ? [['production', paint.yellow('yes: changes there ask first')] as const] : []),
      ['edition', edition ?? 'unknown: the tenant was not asked yet'],
      ['application', choiceText(app && { id: app.client_id, ...app })],
      ['API', choiceText(api && { id: api.audience, ...api })],
      ['signs in', printable(credentialsText(status))],
      ...sessionRows(session, selection, nowMs),
    ],
    0,
  );
}

function choiceText(choice: { id: string | null; name: string; source: string } | null): string {
  if (!choice) return 'none chosen';
  const { id, name, source } = choice;
  const text = printable(id === null || id === name ? name : `${name} (${id})`);
  return source === 'profile' ? text : `${text}, given by ${source}`;
}

function sessionRows(session: NamedSession | undefined, selection: string, nowMs: number): [string, string][] {
  if (!session) return [['session', `none. Create one: anon-cli token create${selection}`]];
  const { guestId, sessionEndsAtMs, accessEndsAtMs } = session.session;
  return [
    ['session', `${printable(session.name)}, guest ${printable(guestId ?? 'unknown')}`],
    ['  ends', endText(sessionEndsAtMs, nowMs)],
    ['  access token', endText(accessEndsAtMs, nowMs)],
  ];
}

function statusData(status: Status, nowMs: number): StatusResult {
  const { profile, source, edition, fromEnvironment, app, api, session } = status;
  const { credentials } = profile;
  return {
    profile: profile.name,
    profile_source: source,
    domain: profile.domain ?? null,
    edition: edition ?? null,
    production: profile.production === true,
    credentials: fromEnvironment ? null : (credentials?.kind ?? null),
    credentials_from_environment: fromEnvironment,
    app,
    api,
    session: session ? (sessionData(session, nowMs) as StatusResult['session']) : null,
  };
}
