import type { CredentialCheck } from '../../domain/exchange/management/check-credentials.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import type { LoginResult, ProfileResult, ProfileViewResult, StatusResult } from '../../library/profile-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows, table } from './rows.ts';
import { relativeText } from './time.ts';

export type DatabaseSource = NonNullable<StatusResult['database_source']>;

/** A profile and its context. */
export interface ProfileView {
  readonly profile: Profile;
  readonly current: string;
  /** Commands without --profile use it. */
  readonly inUse: boolean;
  /** Which profile commands use, if the environment decides. */
  readonly note: string | undefined;
  /** The environment has credentials for its tenant, which override the saved ones. */
  readonly fromEnvironment: boolean;
  /** What names the place of the local tenant's state; undefined: nothing, so it is in the file. */
  readonly databaseSource: DatabaseSource | undefined;
  /** Seconds until its saved Management API token expires; undefined without one. */
  readonly tokenSecondsLeft: number | undefined;
}

/** `marked`: the name of the profile that commands use. */
export function renderProfiles(paint: Paint, profiles: readonly Profile[], marked: string | undefined): string {
  return table(
    paint,
    ['', 'PROFILE', 'TENANT', 'EDITION', 'APP', 'API'],
    profiles.map((profile) => [
      profile.name === marked ? paint.green('*') : ' ',
      printable(profile.name),
      printable(profile.database ?? tenantText(profile)) + (profile.production ? paint.yellow(' production') : ''),
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
      ...databaseRows(view),
      ['edition', editionText(profile)],
      ...(profile.production ? [['production', paint.yellow('yes: commands ask before changes')] as const] : []),
      ['application', printable(choiceText(profile.app?.name, profile.app?.clientId))],
      ['API', printable(choiceText(profile.api?.name, profile.api?.audience))],
      ['credentials', printable(credentialsText(view))],
      ...(profile.credentials ? [['saved', placeText(profile)] as const] : []),
      ...(tokenSecondsLeft === undefined ? [] : [['management token', tokenText(tokenSecondsLeft)] as const]),
    ])
  );
}

/** A profile for `--json`, without secrets. `inUse`: commands use it now. */
export function profileData(profile: Profile, current: string, inUse: boolean): ProfileResult {
  const { credentials } = profile;
  return {
    name: profile.name,
    current: profile.name === current,
    in_use: inUse,
    domain: profile.domain ?? null,
    database: profile.database ?? null,
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

/** Where a profile's secrets are. */
export function placeText({ secrets }: Profile): string {
  return secrets === 'keyring' ? "in the operating system's keyring" : 'in a file that only you can read';
}

/** `client abc (client secret)` */
export function credentialsText({
  profile,
  fromEnvironment,
}: Pick<ProfileView, 'profile' | 'fromEnvironment'>): string {
  const { credentials, domain } = profile;
  if (fromEnvironment) return 'from the environment';
  if (!credentials) return domain === undefined ? 'built in' : 'none: guest tokens only';
  if (credentials.kind === 'access_token') return 'an access token';
  const kind = credentials.kind === 'client_secret' ? 'client secret' : `private key, ${credentials.alg}`;
  return `client ${credentials.clientId} (${kind})`;
}

export function tenantText({ domain }: Profile): string {
  return domain ?? 'built into anon-cli';
}

/** Where the local tenant's state is, if not in its file, or if the environment decides. */
export function databaseRows({
  profile,
  databaseSource,
}: Pick<ProfileView, 'profile' | 'databaseSource'>): [string, string][] {
  if (databaseSource === undefined) return [];
  const text = printable(profile.database ?? 'none (the state is in a file)');
  return [['database', databaseSource === 'profile' ? text : `${text}, from ${databaseSource}`]];
}

/** The edition of a database is not read: what only this machine knows is shown. */
export function editionText({ edition, domain, database }: Profile): string {
  return edition ?? (domain !== undefined ? 'not detected yet' : database !== undefined ? 'not read' : 'unknown');
}

function choiceText(name: string | undefined, id: string | undefined): string {
  if (name === undefined || id === undefined) return 'not set';
  return name === id ? name : `${name} (${id})`;
}

function tokenText(secondsLeft: number): string {
  return secondsLeft > 0 ? `expires ${relativeText(secondsLeft)}` : 'expired';
}

/** The saved profile, and what its credentials allow, if that was checked. `detected`: its edition was just detected. */
export function renderLogin(
  paint: Paint,
  profile: Profile,
  proof: CredentialCheck | undefined,
  { inUse, detected }: { inUse: boolean; detected: boolean },
): string {
  const { edition } = profile;
  return [
    `${paint.green('✔')} Saved profile ${printable(profile.name)} for ${printable(profile.domain ?? '')}; ${inUse ? 'commands now use it' : 'it is now the current profile'}\n`,
    rows(paint, [
      ...(edition
        ? [['edition', detected ? `${edition} (detected from the tenant's settings)` : edition] as const]
        : []),
      ['credentials', printable(credentialsText({ profile, fromEnvironment: false }))],
      ...(profile.credentials ? [['saved', placeText(profile)] as const] : []),
      ...(profile.production ? [['production', paint.yellow('yes: commands ask before changes')] as const] : []),
    ]),
    proof ? scopesText(paint, proof) : paint.dim('Not checked: login did not sign in.\n'),
    paint.dim(`Next: anon-cli ${next(profile, proof)}${inUse ? '' : ` --profile ${profile.name}`}\n`),
  ].join('');
}

/** The next command for this profile: `doctor` shows how to get missing scopes. */
function next({ credentials }: Profile, proof: CredentialCheck | undefined): string {
  if (!credentials) return 'token create --app <client id> --api <audience>';
  return proof?.missing.some(({ commands }) => commands.includes('setup')) ? 'doctor' : 'setup';
}

function scopesText(paint: Paint, { scopes, missing }: CredentialCheck): string {
  if (!scopes) return paint.yellow('Signed in. Cannot tell which scopes the token has.\n');
  if (missing.length === 0)
    return `${paint.green('✔')} Signed in to the Management API with all scopes that commands need.\n`;
  const lines = missing.map(({ scope, commands }) => [scope, `for ${commands.join(', ')}`] as const);
  return `${paint.yellow('Signed in to the Management API, but without these scopes:')}\n${rows(paint, lines)}`;
}

export function loginData(profile: Profile, proof: CredentialCheck | undefined, inUse: boolean): LoginResult {
  return {
    ...profileData(profile, profile.name, inUse),
    checked: proof !== undefined,
    scopes: proof?.scopes ?? null,
    missing_scopes: proof?.missing.map(({ scope, commands }) => ({ scope, commands })) ?? null,
  };
}
