import { Command } from 'commander';
import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { checkProfileName, localProfileName, profileNameFor } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError, isAnonError, reworded } from '../../../errors.ts';
import { equivalentCommand, noteEquivalentCommand } from '../../input/equivalent-command.ts';
import { withExample } from '../../options/example.ts';
import { printResult } from '../../output/output.ts';
import { loginData, renderLogin } from '../../render/profile.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { profileInUse, warnIfNotUsed } from '../../tenant/profile-in-use.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';
import { checkDomainIsSet } from '../../world/environment-credentials.ts';
import { whyNobodyIsAsked } from '../../world/unattended.ts';
import { type CheckedLogin, checkLogin, type Login } from './check.ts';
import { type CredentialOptions, credentialsMissing, type GivenCredentials, givenCredentials } from './credentials.ts';
import { saveLogin } from './save.ts';

export interface LoginOptions extends CredentialOptions {
  readonly domain?: string;
  readonly app?: string;
  readonly api?: string;
  readonly production?: true;
  readonly yes?: true;
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
    .option('-y, --yes', 'do not ask, also where the profile of another tenant is given up')
    .action((name: string | undefined, options: LoginOptions) => run(context, name, options));
  return withExample(
    command,
    'login acme --domain acme.eu.auth0.com --no-check',
    'On a terminal it asks for what is missing. Credentials may also come from the\nenvironment: AUTH0_DOMAIN with AUTH0_ACCESS_TOKEN, or AUTH0_CLIENT_ID and\nAUTH0_CLIENT_SECRET or AUTH0_CLIENT_SIGNING_KEY_PATH.',
  );
}

/** What was asked for and answered, as the arguments and options that would have said it. */
interface Answers {
  name?: string;
  options: Record<string, unknown>;
}

async function login(context: Context, text: string | undefined, options: LoginOptions): Promise<void> {
  const answers: Answers = { options: {} };
  let done = false;
  try {
    await loginAsAnswered(context, text, options, answers);
    done = true;
  } finally {
    if (Object.keys(answers.options).length > 0) tellAnswers(context, text, options, answers, done);
  }
}

function tellAnswers(
  context: Context,
  text: string | undefined,
  options: LoginOptions,
  answers: Answers,
  done: boolean,
): void {
  const name = text ?? answers.name;
  const { check, ...others } = { ...options, ...answers.options };
  const line = equivalentCommand(['login', ...(name === undefined ? [] : [name])], {
    ...others,
    ...(check === false && { check }),
  });
  noteEquivalentCommand(context, line, { done });
}

async function loginAsAnswered(
  context: Context,
  text: string | undefined,
  options: LoginOptions,
  answers: Answers,
): Promise<void> {
  const wantedName = text ?? options.profile;
  const given = wantedName === undefined ? undefined : checkProfileName(wantedName);
  const profiles = await context.profiles();
  const known = given === undefined ? undefined : await profiles.get(given);
  const domain = await domainFor(context, options, known, answers);
  const name = given ?? (await nameFor(context, domain, answers));
  if (name === localProfileName) {
    throw new AnonError('usage', "'local' is the embedded tenant's profile, which needs no login.", {
      hint: 'Give the new one another name: anon-cli login <name>',
    });
  }
  const earlier = known ?? (await profiles.get(name));
  // Another domain is another tenant: what was known of the old one does not hold there.
  const before = earlier?.domain === domain ? earlier : undefined;
  if (earlier && !before) {
    const { confirmProfileLoss } = await import('../../input/confirmation.ts');
    const place = earlier.domain ?? 'no tenant any more';
    await confirmProfileLoss(context, earlier, options, `It is for ${place}. Give that up, and log in to ${domain}?`);
  }
  const checked = await checkedLogin(context, options, { name, domain, before }, answers);
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

async function domainFor(
  context: Context,
  options: LoginOptions,
  known: Profile | undefined,
  answers: Answers,
): Promise<string> {
  const { env, terminal } = context;
  const text = options.domain ?? known?.domain ?? (env.AUTH0_DOMAIN || undefined);
  if (text !== undefined) return parseTenantDomain(text);
  checkDomainIsSet(env);
  if (terminal.interactive) {
    const { askDomain } = await import('./questions.ts');
    const domain = await askDomain(context);
    answers.options.domain = domain;
    return domain;
  }
  throw new AnonError('usage', `--domain is missing, and ${whyNobodyIsAsked(terminal)}.`, {
    hint: 'Such as anon-cli login --domain acme.eu.auth0.com --client-id <id> --client-secret -',
  });
}

/** The profile that this tenant has, or one made of its domain that is no other tenant's. */
async function nameFor(context: Context, domain: string, answers: Answers): Promise<string> {
  const store = await context.profiles();
  const [profiles, current] = [await store.list(), await store.current()];
  const same = profiles.filter((profile) => profile.domain === domain);
  const found = same.find((profile) => profile.name === current) ?? same[0];
  if (found) return found.name;
  const name = profileNameFor(domain);
  const other = profiles.find((profile) => profile.name === name);
  if (!other || name === localProfileName) return name;
  const taken = new AnonError('usage', `Profile '${name}' is that of ${other.domain}.`, {
    hint: `Give the new one a name: anon-cli login <name> --domain ${domain}`,
  });
  // Who was not asked for the domain gave it in a line that wants a name too.
  if (answers.options.domain === undefined) throw taken;
  const [{ noteRefusal }, { askName }] = await Promise.all([
    import('../../input/questions.ts'),
    import('./questions.ts'),
  ]);
  await noteRefusal(context.terminal, reworded(taken, { hint: undefined }));
  answers.name = await askName(
    context,
    profiles.map((profile) => profile.name),
  );
  return answers.name;
}

/** The login as the tenant takes it. Credentials that a person answered are asked for again when it refuses them. */
async function checkedLogin(
  context: Context,
  options: LoginOptions,
  where: { name: string; domain: string; before: Profile | undefined },
  answers: Answers,
): Promise<CheckedLogin> {
  const edition = requestedEdition(context, options);
  const transport = transportOf(options, context.env);
  const check = (credentials: GivenCredentials | undefined) => {
    const { app, api } = options;
    return checkLogin(context, { ...where, edition, credentials, app, api, transport } satisfies Login, options.check);
  };
  const given = await givenCredentials(context, options, where);
  if (given || !options.check) return check(given);
  if (context.terminal.interactive) {
    const { askCredentials } = await import('./questions.ts');
    const { noteRefusal } = await import('../../input/questions.ts');
    for (;;) {
      const before = { ...answers.options };
      const answer = await askCredentials(context, where.before, answers.options);
      try {
        return await check(typeof answer === 'string' ? undefined : answer);
      } catch (error) {
        if (!isAnonError(error) || error.code !== 'not_authorised') throw error;
        answers.options = before;
        await noteRefusal(context.terminal, error);
      }
    }
  }
  if (where.before?.credentials) return check(undefined);
  checkDomainIsSet(context.env);
  throw credentialsMissing(context);
}
