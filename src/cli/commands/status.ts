import type { Profile } from '../../domain/profile/profile.ts';
import { getReadable, type NamedSession } from '../../domain/session/find.ts';
import type { StatusResult } from '../../library/profile-results.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printResult } from '../output/output.ts';
import type { Paint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import { credentialsText, tenantText } from '../render/profile.ts';
import { rows } from '../render/rows.ts';
import { endText, sessionData } from '../render/session.ts';
import { requestedAppAndApi, requestedEdition, selectProfile } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';
import { environmentCredentials } from '../world/management-credentials.ts';
import { defineCommand } from './define-command.ts';

export const statusCommand = defineCommand({
  description: 'show which tenant, application, API and session commands use',
  calls: 'nothing',
  examples: ['status'],
  notes: 'Reads only this machine, and sends nothing to the tenant.',
  run: (context, _args, options) => printStatus(context, options),
});

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
    session: await currentSession(context, profile),
  };
  const nowMs = context.clock.now();
  printResult(context, options, {
    data: statusData(status, nowMs),
    human: (paint) => renderStatus(paint, status, nowMs),
  });
}

/** The edition that commands use there. The local tenant has its own, whatever is requested. */
function editionFor(context: Context, options: GlobalOptions, profile: Profile): EditionName | undefined {
  const chosen = requestedEdition(context, options);
  if (profile.domain !== undefined) return chosen ?? profile.edition;
  if (chosen && profile.edition && chosen !== profile.edition) {
    context.warn(`The local tenant's edition is ${profile.edition}; it refuses commands with edition ${chosen}.`);
  }
  return profile.edition;
}

/** Undefined, with a warning, for a session that cannot be read: commands can't use it either. */
async function currentSession(context: Context, profile: Profile): Promise<Status['session']> {
  const sessions = await context.sessions(profile);
  const name = await sessions.current();
  const session = await getReadable({ sessions, warn: context.warn }, name);
  return session && { name, session, current: true };
}

/** Why commands use this profile. */
type ProfileSource = StatusResult['profile_source'];

/** What a command would use now. */
interface Status {
  readonly profile: Profile;
  readonly source: ProfileSource;
  readonly edition: EditionName | undefined;
  /** Credentials come from the environment, not from the profile. */
  readonly fromEnvironment: boolean;
  readonly app: StatusResult['app'];
  readonly api: StatusResult['api'];
  readonly session: NamedSession | undefined;
  /** The option that makes another command use the same profile. */
  readonly selection: string;
}

const reasons: Readonly<Record<ProfileSource, string>> = {
  option: 'from --profile',
  ANON_PROFILE: 'from ANON_PROFILE',
  AUTH0_DOMAIN: 'from AUTH0_DOMAIN',
  current: 'the current profile',
};

function renderStatus(paint: Paint, status: Status, nowMs: number): string {
  const { profile, source, edition, app, api, session, selection } = status;
  return rows(
    paint,
    [
      ['tenant', paint.bold(printable(tenantText(profile)))],
      ['profile', `${printable(profile.name)}, ${profile.adHoc ? 'not saved, ' : ''}${reasons[source]}`],
      ...(profile.production ? [['production', paint.yellow('yes: commands ask before changes')] as const] : []),
      ['edition', edition ?? 'not detected yet'],
      ['application', choiceText(app && { id: app.client_id, ...app })],
      ['API', choiceText(api && { id: api.audience, ...api })],
      ['credentials', printable(credentialsText(status))],
      ...sessionRows(session, selection, nowMs),
    ],
    0,
  );
}

function choiceText(choice: { id: string | null; name: string; source: string } | null): string {
  if (!choice) return 'not set';
  const { id, name, source } = choice;
  const text = printable(id === null || id === name ? name : `${name} (${id})`);
  return source === 'profile' ? text : `${text}, from ${source}`;
}

function sessionRows(session: NamedSession | undefined, selection: string, nowMs: number): [string, string][] {
  if (!session) return [['session', `none. Create one: anon-cli token create${selection}`]];
  const { guestId, sessionEndsAtMs, accessEndsAtMs } = session.session;
  return [
    ['session', `${printable(session.name)}, guest ${printable(guestId ?? 'unknown')}`],
    ['  session token', expiryText(sessionEndsAtMs, nowMs)],
    ['  access token', expiryText(accessEndsAtMs, nowMs)],
  ];
}

function expiryText(endsAtMs: number | null | undefined, nowMs: number): string {
  const text = endText(endsAtMs, nowMs);
  if (text === 'never') return 'never expires';
  return text.startsWith('in ') ? `expires ${text}` : text;
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
