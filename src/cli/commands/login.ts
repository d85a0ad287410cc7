import { Command } from 'commander';
import type { Profile } from '../../domain/ports.ts';
import { parseTenantDomain } from '../../domain/profile/address.ts';
import { checkProfileName, profileNameFor } from '../../domain/profile/name.ts';
import { AnonError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { checkDomainIsSet } from '../environment-credentials.ts';
import { withExample } from '../example.ts';
import { checkLogin, type Login } from '../login-check.ts';
import {
  type CredentialOptions,
  credentialsMissing,
  type GivenCredentials,
  givenCredentials,
} from '../login-credentials.ts';
import { saveLogin } from '../login-save.ts';
import { printResult } from '../output.ts';
import { profileInUse, warnIfNotUsed } from '../profile-in-use.ts';
import { loginData, renderLogin } from '../render/login.ts';
import { chosenEdition } from '../tenant-access.ts';
import { transportOf } from '../transport.ts';
import { whyNobodyIsAsked } from '../unattended.ts';

export interface LoginOptions extends CredentialOptions {
  readonly domain?: string;
  readonly app?: string;
  readonly api?: string;
  readonly production?: true;
  /** False with --no-check. */
  readonly check: boolean;
}

export function loginCommand(context: Context, run = login): Command {
  const command = new Command('login')
    .description('work with a tenant of yours: prove its credentials, keep them, make it the current profile')
    .argument('[name]', 'what to call the profile; by itself acme for acme.eu.auth0.com')
    .option('--domain <domain>', 'its domain, such as acme.eu.auth0.com')
    .option('--client-id <id>', 'an application with a grant for the Management API')
    .option('--client-secret <->', "'-' reads its secret from stdin, '@<file>' from a file")
    .option('--private-key <file>', 'its private key instead: PEM or JWK')
    .option('--signing-alg <alg>', 'what the key signs with: RS256, RS384, PS256 or ES256')
    .option('--access-token <->', "a Management API token instead: '-' or '@<file>'")
    .option('--app <app>', 'the application to use when none is named')
    .option('--api <api>', 'the API to use when none is named')
    .option('--production', 'mark it: changes there ask first')
    .option('--no-check', 'save without asking the tenant')
    .action((name: string | undefined, options: LoginOptions) => run(context, name, options));
  return withExample(
    command,
    'login acme --domain acme.eu.auth0.com --no-check',
    'On a terminal it asks for what is missing. Credentials may also come from the\nenvironment: AUTH0_DOMAIN with AUTH0_ACCESS_TOKEN, or AUTH0_CLIENT_ID and\nAUTH0_CLIENT_SECRET or AUTH0_CLIENT_SIGNING_KEY_PATH.',
  );
}

async function login(context: Context, text: string | undefined, options: LoginOptions): Promise<void> {
  const wantedName = text ?? options.profile;
  const given = wantedName === undefined ? undefined : checkProfileName(wantedName);
  const profiles = await context.profiles();
  const known = given === undefined ? undefined : await profiles.get(given);
  const domain = await domainFor(context, options, known);
  const name = given ?? (await nameFor(domain, await profiles.list(), await profiles.current()));
  if (name === 'local') {
    throw new AnonError('usage', "'local' is the embedded tenant's profile, which needs no login.", {
      hint: 'Give the new one another name: anon-cli login <name>',
    });
  }
  const earlier = known ?? (await profiles.get(name));
  // Another domain is another tenant: what was known of the old one does not hold there.
  const before = earlier?.domain === domain ? earlier : undefined;
  const edition = chosenEdition(context, options);
  const transport = transportOf(options, context.env);
  const credentials = await credentialsFor(context, options, { domain, before });
  const wanted: Login = { name, domain, edition, credentials, before, app: options.app, api: options.api, transport };
  const checked = await checkLogin(context, wanted, options.check);
  const production = options.production ?? before?.production;
  const profile = await saveLogin(context, checked, { earlier, production });
  const found = await profileInUse(context);
  warnIfNotUsed(context, name, found);
  const inUse = found.profile?.name === name;
  printResult(context, options, {
    data: loginData(profile, checked.proof, inUse),
    human: (paint) => renderLogin(paint, profile, checked.proof, inUse),
  });
}

async function domainFor(context: Context, options: LoginOptions, known: Profile | undefined): Promise<string> {
  const { env, terminal } = context;
  const text = options.domain ?? known?.domain ?? (env.AUTH0_DOMAIN || undefined);
  if (text !== undefined) return parseTenantDomain(text);
  checkDomainIsSet(env);
  if (terminal.interactive) {
    const { askDomain } = await import('../login-questions.ts');
    return parseTenantDomain(await askDomain(context));
  }
  throw new AnonError('usage', `--domain is missing, and ${whyNobodyIsAsked(terminal)}.`, {
    hint: 'Such as anon-cli login --domain acme.eu.auth0.com --client-id <id> --client-secret -',
  });
}

/** The profile that this tenant has, or one made of its domain that is no other tenant's. */
async function nameFor(domain: string, profiles: readonly Profile[], current: string): Promise<string> {
  const same = profiles.filter((profile) => profile.domain === domain);
  const found = same.find((profile) => profile.name === current) ?? same[0];
  if (found) return found.name;
  const name = profileNameFor(domain);
  const other = profiles.find((profile) => profile.name === name);
  if (!other || name === 'local') return name;
  throw new AnonError('usage', `Profile '${name}' is that of ${other.domain}.`, {
    hint: `Give the new one a name: anon-cli login <name> --domain ${domain}`,
  });
}

/** What was given, else what a person answers; undefined for none, or none but those the profile has. */
async function credentialsFor(
  context: Context,
  options: LoginOptions,
  where: { domain: string; before: Profile | undefined },
): Promise<GivenCredentials | undefined> {
  const given = await givenCredentials(context, options, where);
  if (given || !options.check) return given;
  if (context.terminal.interactive) {
    const { askCredentials } = await import('../login-questions.ts');
    const answer = await askCredentials(context, where.before);
    return answer === 'keep' || answer === 'none' ? undefined : answer;
  }
  if (where.before?.credentials) return undefined;
  checkDomainIsSet(context.env);
  throw credentialsMissing(context);
}
