import { Command } from 'commander';
import type { ManagementCredentials, Profile } from '../../../domain/ports.ts';
import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { checkProfileName } from '../../../domain/profile/name.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import { editionOption, type GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { profileData } from '../../render/profile.ts';
import { readSecret } from '../../secret-option.ts';

export interface ProfileAddOptions extends GlobalOptions {
  readonly domain?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

export function profileAddCommand(context: Context, run = addProfile): Command {
  const command = new Command('add')
    .description('add a tenant, or change how one is reached')
    .argument('<name>', 'what to call it')
    .option('--domain <domain>', 'its domain, such as acme.eu.auth0.com')
    .option('--client-id <id>', 'a client with a grant for the Management API')
    .option('--client-secret <->', "'-' reads that client's secret from stdin")
    .action((name: string, options: ProfileAddOptions) => run(context, name, options));
  return withExample(
    command,
    'profile add acme --domain acme.eu.auth0.com',
    'The secret may also come from ANON_CLI_CLIENT_SECRET. It is kept in a file that\nonly you can read.',
  );
}

async function addProfile(context: Context, text: string, options: ProfileAddOptions): Promise<void> {
  const name = checkProfileName(text);
  if (name === 'local') {
    throw new AnonError('usage', "'local' is the embedded tenant's profile.", {
      hint: 'Give the new one another name.',
    });
  }
  const domain = options.domain === undefined ? undefined : parseTenantDomain(options.domain);
  const management = await credentials(context, options);
  const edition = editionOption(options);
  const store = await context.profiles();
  await store.change(name, (before) => {
    const reached = domain ?? before?.domain;
    if (reached === undefined) {
      throw new AnonError('usage', `The domain of '${name}' is missing.`, {
        hint: 'Give it: --domain acme.eu.auth0.com',
      });
    }
    return next(name, reached, before, { management, edition });
  });
  const [profile, current] = [await store.get(name), await store.current()];
  if (!profile) return;
  printResult(context, options, {
    data: profileData(profile, current),
    human: (paint) =>
      `${paint.green('✔')} Profile ${name}: ${profile.domain}${profile.management ? '' : ', without Management API credentials'}\n` +
      paint.dim(`Next: anon-cli profile use ${name}\n`),
  });
}

/** Another domain is another tenant: what was known of the old one does not hold there. */
function next(
  name: string,
  domain: string,
  before: Profile | undefined,
  given: Pick<Profile, 'management' | 'edition'>,
): Profile {
  const kept = before?.domain === domain ? before : undefined;
  return {
    ...kept,
    name,
    domain,
    management: given.management ?? kept?.management,
    edition: given.edition ?? kept?.edition,
  };
}

async function credentials(context: Context, options: ProfileAddOptions): Promise<ManagementCredentials | undefined> {
  const clientSecret = await readSecret(context, {
    flag: '--client-secret',
    value: options.clientSecret,
    variable: 'ANON_CLI_CLIENT_SECRET',
  });
  const { clientId } = options;
  if (clientId === undefined && (clientSecret === undefined || options.clientSecret === undefined)) return undefined;
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  throw new AnonError('usage', `${clientId === undefined ? '--client-id' : '--client-secret'} is missing.`, {
    hint: 'Both are needed: --client-id <id> --client-secret -',
  });
}
