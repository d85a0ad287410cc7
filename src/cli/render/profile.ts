import type { Profile } from '../../domain/profile/profile.ts';
import type { ProfileResult, ProfileViewResult } from '../../library/profile-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows, table } from './rows.ts';
import { relativeText } from './time.ts';

/** A profile, and what is to be said of it besides. */
export interface ProfileView {
  readonly profile: Profile;
  readonly current: string;
  /** Commands use it now, where no option names one. */
  readonly inUse: boolean;
  /** Which one commands use, where the environment decides. */
  readonly note: string | undefined;
  /** The environment has credentials for its tenant, which win over its own. */
  readonly fromEnvironment: boolean;
  /** How long its kept Management API token still holds; undefined when none is kept. */
  readonly tokenSecondsLeft: number | undefined;
}

/** `marked`: the name of the one that commands use. */
export function renderProfiles(paint: Paint, profiles: readonly Profile[], marked: string | undefined): string {
  return table(
    paint,
    ['', 'PROFILE', 'TENANT', 'EDITION', 'APP', 'API'],
    profiles.map((profile) => [
      profile.name === marked ? paint.green('*') : ' ',
      printable(profile.name),
      printable(tenantText(profile)) + (profile.production ? paint.yellow(' production') : ''),
      editionText(profile),
      printable(profile.app?.name ?? '-'),
      printable(profile.api?.name ?? '-'),
    ]),
  );
}

export function renderProfile(paint: Paint, view: ProfileView): string {
  const { profile, current, note, tokenSecondsLeft } = view;
  return (
    `${paint.bold(printable(profile.name))}${profile.name === current ? paint.dim(' (current)') : ''}\n` +
    (note === undefined ? '' : `${paint.dim(printable(note))}\n`) +
    rows(paint, [
      ['tenant', printable(tenantText(profile))],
      ['edition', editionText(profile)],
      ...(profile.production ? [['production', paint.yellow('yes: changes there ask first')] as const] : []),
      ['application', printable(choiceText(profile.app?.name, profile.app?.clientId))],
      ['API', printable(choiceText(profile.api?.name, profile.api?.audience))],
      ['credentials', printable(credentialsText(view))],
      ...(profile.credentials ? [['kept', placeText(profile)] as const] : []),
      ...(tokenSecondsLeft === undefined ? [] : [['management token', tokenText(tokenSecondsLeft)] as const]),
    ])
  );
}

/** A profile for `--json`: never what is secret of it. `inUse`: commands use it now. */
export function profileData(profile: Profile, current: string, inUse: boolean): ProfileResult {
  const { credentials } = profile;
  return {
    name: profile.name,
    current: profile.name === current,
    in_use: inUse,
    domain: profile.domain ?? null,
    edition: profile.edition ?? null,
    production: profile.production === true,
    credentials: credentials?.kind ?? null,
    management_client_id: credentials && credentials.kind !== 'access_token' ? credentials.clientId : null,
    ...(credentials?.kind === 'private_key' && { signing_alg: credentials.alg }),
    secrets: credentials ? (profile.secrets ?? 'file') : null,
    app: profile.app ? { client_id: profile.app.clientId, name: profile.app.name } : null,
    api: profile.api ? { audience: profile.api.audience, name: profile.api.name } : null,
  };
}

export function profileViewData({
  profile,
  current,
  inUse,
  fromEnvironment,
  tokenSecondsLeft,
}: ProfileView): ProfileViewResult {
  return {
    ...profileData(profile, current, inUse),
    credentials_from_environment: fromEnvironment,
    access_token_expires_in: tokenSecondsLeft ?? null,
  };
}

/** Where a profile's secrets are, in words. */
export function placeText({ secrets }: Profile): string {
  return secrets === 'keyring' ? "in the operating system's keyring" : 'in a file that only you can read';
}

/** `client secret of client abc` */
export function credentialsText({
  profile,
  fromEnvironment,
}: Pick<ProfileView, 'profile' | 'fromEnvironment'>): string {
  const { credentials, domain } = profile;
  if (fromEnvironment) return 'from the environment';
  if (!credentials) return domain === undefined ? 'its own' : 'none: guest tokens only';
  if (credentials.kind === 'access_token') return 'an access token';
  if (credentials.kind === 'client_secret') return `client ${credentials.clientId}, with its secret`;
  return `client ${credentials.clientId}, with its private key (${credentials.alg})`;
}

function tenantText({ domain }: Profile): string {
  return domain ?? 'embedded, on this machine';
}

function editionText({ edition, domain }: Profile): string {
  return edition ?? (domain ? 'not asked yet' : 'unknown');
}

function choiceText(name: string | undefined, id: string | undefined): string {
  if (name === undefined || id === undefined) return 'none chosen';
  return name === id ? name : `${name} (${id})`;
}

function tokenText(secondsLeft: number): string {
  return secondsLeft > 0 ? `expires ${relativeText(secondsLeft)}` : 'expired';
}
