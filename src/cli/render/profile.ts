import type { CredentialCheck } from '../../domain/exchange/management/check-credentials.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import type { LoginResult, ProfileResult, ProfileViewResult } from '../../library/profile-results.ts';
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

/** A profile as it was saved, and what its credentials turned out to be good for, if somebody asked. */
export function renderLogin(
  paint: Paint,
  profile: Profile,
  proof: CredentialCheck | undefined,
  inUse: boolean,
): string {
  const edition = profile.edition ? `, edition ${profile.edition}` : '';
  return [
    `${paint.green('✔')} Profile ${printable(profile.name)}: ${printable(profile.domain ?? '')}${edition}. ${inUse ? 'Commands use it now' : 'It is the current profile'}.\n`,
    rows(paint, [
      ['credentials', printable(credentialsText({ profile, fromEnvironment: false }))],
      ...(profile.credentials ? [['kept', placeText(profile)] as const] : []),
      ...(profile.production ? [['production', paint.yellow('yes: changes there ask first')] as const] : []),
    ]),
    proof ? scopesText(paint, proof) : paint.dim('Nothing was checked.\n'),
    paint.dim(`Next: anon-cli ${next(profile, proof)}${inUse ? '' : ` --profile ${profile.name}`}\n`),
  ].join('');
}

/** What goes with what the profile can do: doctor says how it comes by the scopes that it lacks. */
function next({ credentials }: Profile, proof: CredentialCheck | undefined): string {
  if (!credentials) return 'token create --app <client id> --api <audience>';
  return proof?.missing.some(({ commands }) => commands.includes('setup')) ? 'doctor' : 'setup';
}

function scopesText(paint: Paint, { scopes, missing }: CredentialCheck): string {
  if (!scopes) return paint.yellow('Which scopes the token has cannot be told.\n');
  if (missing.length === 0) return `${paint.green('✔')} It has all Management API scopes that commands need.\n`;
  const lines = missing.map(({ scope, commands }) => [scope, `for ${commands.join(', ')}`] as const);
  return `${paint.yellow('Management API scopes it does not have:')}\n${rows(paint, lines)}`;
}

export function loginData(profile: Profile, proof: CredentialCheck | undefined, inUse: boolean): LoginResult {
  return {
    ...profileData(profile, profile.name, inUse),
    checked: proof !== undefined,
    scopes: proof?.scopes ?? null,
    missing_scopes: proof?.missing.map(({ scope, commands }) => ({ scope, commands })) ?? null,
  };
}
