import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import { editionNames } from '../../../wire/edition/edition.ts';
import { requireConfirmation } from '../../input/confirmation.ts';
import type { Values } from '../../options/definition.ts';
import { editionOption, type GlobalOptions } from '../../options/global.ts';
import { knownWord, onOrOff } from '../../options/parse.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { profileData } from '../../render/profile.ts';
import { accessTenant, selectProfile } from '../../tenant/access.ts';
import { resolveDefaultApi, resolveDefaultApp } from '../../tenant/profile-defaults.ts';
import { profileInUse } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

const settings = ['app', 'api', 'production', 'edition'] as const;
type Setting = (typeof settings)[number];

const valuesBySetting: Readonly<Record<Setting, Values>> = {
  app: { live: 'app' },
  api: { live: 'api' },
  production: { words: ['on', 'off'] },
  edition: { words: [...editionNames, 'auto'] },
};

export const profileSetCommand = defineCommand({
  description: "set a profile's defaults: its application, API, production mark or edition",
  args: {
    '<setting>': { description: settings.join(', '), values: settings },
    '<value>': {
      description: 'a name, client id or audience; on or off; preview, ea or auto',
      values: { first: valuesBySetting },
    },
  },
  options: { '-y, --yes': "don't ask for confirmation before the production mark is removed" },
  calls: 'nothing',
  examples: ['profile set app web'],
  notes: `With production on, commands ask before they change the tenant. With edition auto, the tenant's edition is \
detected again.`,
  async run(context, { setting: given, value }, options) {
    const setting = knownWord(given, settings, 'profile setting');
    const { profile } = await selectProfile(context, options);
    if (profile.adHoc) throw notSaved(profile);
    const changed = await changesOf(context, setting, value, { profile, options });
    if (setting === 'production' && profile.production && !changed.production) {
      const fact = `Profile '${printable(profile.name)}' is marked production`;
      const question = 'Remove the mark, so that changes no longer ask for confirmation?';
      await requireConfirmation(context, options, { fact, question });
    }
    const store = await context.profiles();
    await store.change(profile.name, (before) => ({ ...(before ?? profile), ...changed }));
    const after = await context.withEdition({ ...profile, ...changed });
    const [current, inUse] = [await store.current(), await profileInUse(context)];
    printResult(context, options, {
      data: profileData(after, current, inUse.profile?.name === profile.name),
      human: (paint) => `${paint.green('✔')} Profile ${printable(profile.name)} ${outcome(setting, after)}\n`,
    });
  },
});

function notSaved({ name, domain }: Profile): AnonError {
  if (domain !== undefined) {
    return new AnonError('usage', `${domain} has no profile; it is used because AUTH0_DOMAIN names it.`, {
      hint: `Create one: anon-cli login ${name}`,
    });
  }
  return new AnonError('usage', `Profile '${name}' is not for the database in ANON_DATABASE_URL.`, {
    hint: 'Set ANON_APP and ANON_API instead, or save the database: anon-cli local use-database <url>',
  });
}

async function changesOf(
  context: Context,
  setting: Setting,
  value: string,
  { profile, options }: { profile: Profile; options: GlobalOptions },
): Promise<Partial<Profile>> {
  switch (setting) {
    case 'production':
      return { production: onOrOff(value) || undefined };
    case 'edition':
      return { edition: parseEdition(value, profile) };
    case 'app':
      return { app: await resolveDefaultApp((await accessTenant(context, options)).tenant, value) };
    case 'api':
      return { api: await resolveDefaultApi((await accessTenant(context, options)).tenant, value) };
  }
}

function parseEdition(value: string, { domain }: Profile): Profile['edition'] {
  if (domain === undefined) {
    throw new AnonError('usage', "The local tenant's edition can't be set in its profile.", {
      hint: 'To start over in another edition: anon-cli local reset --edition <name>',
    });
  }
  return value === 'auto' ? undefined : editionOption({ edition: value });
}

function outcome(setting: Setting, { app, api, production, edition }: Profile): string {
  switch (setting) {
    case 'app':
      return `uses application ${printable(app?.name ?? '')}`;
    case 'api':
      return `uses API ${printable(api?.name ?? '')}`;
    case 'production':
      return production ? 'is marked production: commands ask before changes' : 'is not marked production';
    case 'edition':
      return edition ? `uses edition ${edition}` : "detects its tenant's edition";
  }
}
