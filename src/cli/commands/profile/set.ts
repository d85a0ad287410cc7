import { Command } from 'commander';
import { mostSimilar } from '../../../domain/did-you-mean.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import { requireConfirmation } from '../../input/confirmation.ts';
import { withExample } from '../../options/example.ts';
import { editionOption, type GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { profileData } from '../../render/profile.ts';
import { accessTenant, selectProfile } from '../../tenant/access.ts';
import { resolveDefaultApi, resolveDefaultApp } from '../../tenant/profile-defaults.ts';
import { profileInUse } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';

const settings = ['app', 'api', 'production', 'edition'] as const;
type Setting = (typeof settings)[number];

export interface ProfileSetOptions extends GlobalOptions {
  readonly yes?: true;
}

export function profileSetCommand(context: Context, run = changeProfile): Command {
  const command = new Command('set')
    .description('set what commands use when nothing else is said')
    .argument('<what>', settings.join(', '))
    .argument('<value>', 'a name, client id or audience; on or off; preview, ea or auto')
    .option('-y, --yes', 'do not ask where the production mark is switched off')
    .action((what: string, value: string, options: ProfileSetOptions) => run(context, what, value, options));
  return withExample(
    command,
    'profile set app web',
    'production on makes commands ask before they change that tenant.\nedition auto asks the tenant again.',
  );
}

async function changeProfile(context: Context, what: string, value: string, options: ProfileSetOptions): Promise<void> {
  const setting = parseSetting(what);
  const { profile } = await selectProfile(context, options);
  if (profile.adHoc) {
    throw new AnonError('usage', `${profile.domain} has no profile; it is used because AUTH0_DOMAIN names it.`, {
      hint: `Make it one: anon-cli login ${profile.name}`,
    });
  }
  const changed = await changesOf(context, setting, value, { profile, options });
  if (setting === 'production' && profile.production && !changed.production) {
    const fact = `Profile '${printable(profile.name)}' is marked production`;
    await requireConfirmation(context, options, {
      fact,
      question: 'Take the mark off, so that changes no longer ask?',
    });
  }
  const store = await context.profiles();
  await store.change(profile.name, (before) => ({ ...(before ?? profile), ...changed }));
  const after = await context.withEdition({ ...profile, ...changed });
  const [current, inUse] = [await store.current(), await profileInUse(context)];
  printResult(context, options, {
    data: profileData(after, current, inUse.profile?.name === profile.name),
    human: (paint) => `${paint.green('✔')} Profile ${printable(profile.name)} ${outcome(setting, after)}\n`,
  });
}

function parseSetting(what: string): Setting {
  const known = settings.find((setting) => setting === what);
  if (known) return known;
  const similar = mostSimilar(what, settings);
  throw new AnonError('usage', `A profile has no '${what.slice(0, 40)}' to set.`, {
    hint: similar ? `Did you mean ${similar}?` : `It has ${settings.join(', ')}.`,
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
      return { production: parseSwitch(value) || undefined };
    case 'edition':
      return { edition: parseEdition(value, profile) };
    case 'app':
      return { app: await resolveDefaultApp((await accessTenant(context, options)).tenant, value) };
    case 'api':
      return { api: await resolveDefaultApi((await accessTenant(context, options)).tenant, value) };
  }
}

function parseSwitch(value: string): boolean {
  if (value === 'on' || value === 'off') return value === 'on';
  throw new AnonError('usage', `'${value.slice(0, 40)}' is neither on nor off.`);
}

function parseEdition(value: string, { domain }: Profile): Profile['edition'] {
  if (domain === undefined) {
    throw new AnonError('usage', 'The local tenant has the edition that it was started in.', {
      hint: 'Start it over in another: anon-cli local reset --edition <name>',
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
      return production ? 'is marked production: changes there ask first' : 'is not marked production';
    case 'edition':
      return edition ? `speaks edition ${edition}` : 'asks its tenant for the edition';
  }
}
