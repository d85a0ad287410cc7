import type { CredentialCheck } from '../../domain/exchange/management/check-credentials.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import type { LoginResult } from '../../library/profile-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { credentialsText, placeText, profileData } from './profile.ts';
import { rows } from './rows.ts';

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
