import type { Profile } from '../../domain/profile/profile.ts';
import type { NamedSession } from '../../domain/session/find.ts';
import type { StatusResult } from '../../library/profile-results.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { credentialsText } from './profile.ts';
import { rows } from './rows.ts';
import { endText, sessionData } from './session.ts';

/** Why a profile is the one that commands use. */
export type ProfileSource = StatusResult['profile_source'];

/** Where a command would go now, and with what. */
export interface Status {
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

export function renderStatus(paint: Paint, status: Status, nowMs: number): string {
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

export function statusData(status: Status, nowMs: number): StatusResult {
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
