import type { Profile } from '../../domain/ports.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { table } from './rows.ts';

export function renderProfiles(paint: Paint, profiles: readonly Profile[], current: string): string {
  return table(
    paint,
    ['', 'PROFILE', 'TENANT', 'EDITION', 'APP', 'API'],
    profiles.map((profile) => [
      profile.name === current ? paint.green('*') : ' ',
      printable(profile.name),
      printable(profile.domain ?? 'embedded, on this machine'),
      profile.edition ?? (profile.domain ? 'not asked yet' : 'preview'),
      printable(profile.app?.name ?? '-'),
      printable(profile.api?.name ?? '-'),
    ]),
  );
}

/** A profile for `--json`: never its secret. */
export function profileData(profile: Profile, current: string): JsonObject {
  return {
    name: profile.name,
    current: profile.name === current,
    domain: profile.domain ?? null,
    edition: profile.edition ?? (profile.domain ? null : 'preview'),
    management_client_id: profile.management?.clientId ?? null,
    app: profile.app ? { client_id: profile.app.clientId, name: profile.app.name } : null,
    api: profile.api ? { audience: profile.api.audience, name: profile.api.name } : null,
  };
}
