import type { Profile } from '../../domain/profile/profile.ts';
import type { NamedSession } from '../../domain/session/find.ts';
import type { StatusResult } from '../../library/profile-results.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { credentialsText, type DatabaseSource, databaseRows, editionText, tenantText } from './profile.ts';
import { rows } from './rows.ts';
import { endText, sessionData } from './session.ts';

/** Why commands use this profile. */
type ProfileSource = StatusResult['profile_source'];

/** What a command would use now. */
export interface Status {
  readonly profile: Profile;
  readonly source: ProfileSource;
  /** What names the place of the local tenant's state; undefined: nothing, so it is in the file. */
  readonly databaseSource: DatabaseSource | undefined;
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

export function renderStatus(paint: Paint, status: Status, nowMs: number): string {
  const { profile, source, edition, app, api, session, selection } = status;
  return rows(
    paint,
    [
      ['tenant', paint.bold(printable(tenantText(profile)))],
      ['profile', `${printable(profile.name)}, ${isUnsaved(profile) ? 'not saved, ' : ''}${reasons[source]}`],
      ...databaseRows(status),
      ...(profile.production ? [['production', paint.yellow('yes: commands ask before changes')] as const] : []),
      ['edition', editionText({ ...profile, edition })],
      ['application', choiceText(app && { id: app.client_id, ...app })],
      ['API', choiceText(api && { id: api.audience, ...api })],
      ['credentials', printable(credentialsText(status))],
      ...sessionRows(session, selection, nowMs),
    ],
    0,
  );
}

/** The local tenant's profile is saved, only not with every database. */
function isUnsaved({ adHoc, domain }: Profile): boolean {
  return adHoc === true && domain !== undefined;
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

export function statusData(status: Status, nowMs: number): StatusResult {
  const { profile, source, databaseSource, edition, fromEnvironment, app, api, session } = status;
  const { credentials } = profile;
  return {
    profile: profile.name,
    profile_source: source,
    domain: profile.domain ?? null,
    database: profile.database ?? null,
    database_source: databaseSource ?? null,
    edition: edition ?? null,
    production: profile.production === true,
    credentials: fromEnvironment ? null : (credentials?.kind ?? null),
    credentials_from_environment: fromEnvironment,
    app,
    api,
    session: session ? (sessionData(session, nowMs) as StatusResult['session']) : null,
  };
}
