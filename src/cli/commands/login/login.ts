import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { checkProfileName, localProfileName, profileNameFor } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError, isAnonError, reworded } from '../../../errors.ts';
import { equivalentCommand, noteEquivalentCommand } from '../../input/equivalent-command.ts';
import {
  askCredentials,
  credentialOptions,
  credentialsMissing,
  givenCredentials,
} from '../../input/login-credentials.ts';
import { askText, askUntilAccepted, noteRefusal } from '../../input/questions.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { loginData, renderLogin } from '../../render/profile.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { profileInUse, warnIfNotUsed } from '../../tenant/profile-in-use.ts';
import { type CheckedLogin, checkLogin, type GivenCredentials, type Login, saveLogin } from '../../tenant/sign-in.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';
import { checkDomainIsSet } from '../../world/management-credentials.ts';
import { whyNobodyIsAsked } from '../../world/unattended.ts';
import { defineCommand } from '../define-command.ts';

const loginOptions = {
  '--domain <domain>': 'domain of the tenant (example: acme.eu.auth0.com)',
  ...credentialOptions,
  '--app <app>': 'default application: name or client id',
  '--api <api>': 'default API: name, audience or id',
  '--production': 'mark the profile as production: commands ask before changes',
  '--no-check': 'save without signing in',
  '-y, --yes': "don't ask, even to replace the profile of another tenant",
} as const;

type LoginOptions = GlobalOptions & OptionValues<typeof loginOptions>;

export const loginCommand = defineCommand({
  description: 'sign in to a tenant and save it as the current profile',
  args: { '[name]': 'profile name (default: acme for acme.eu.auth0.com)' },
  options: loginOptions,
  calls: 'nothing',
  examples: ['login acme --domain acme.eu.auth0.com --no-check'],
  notes:
    'On a terminal, login asks for what is missing. The environment can supply credentials too: AUTH0_DOMAIN with ' +
    'AUTH0_ACCESS_TOKEN, or with AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET or AUTH0_CLIENT_SIGNING_KEY_PATH.',
  run: (context, { name }, options) => login(context, name, options),
});

/** The user's answers, as the argument and options that give the same. */
interface Answers {
  name?: string;
  options: Record<string, unknown>;
}

async function login(context: Context, text: string | undefined, options: LoginOptions): Promise<void> {
  const answers: Answers = { options: {} };
  let done = false;
  try {
    await loginWithAnswers(context, text, options, answers);
    done = true;
  } finally {
    if (Object.keys(answers.options).length > 0) noteAnswers(context, text, options, answers, done);
  }
}

function noteAnswers(
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

async function loginWithAnswers(
  context: Context,
  text: string | undefined,
  options: LoginOptions,
  answers: Answers,
): Promise<void> {
  const requested = text ?? options.profile;
  const given = requested === undefined ? undefined : checkProfileName(requested);
  const profiles = await context.profiles();
  const known = given === undefined ? undefined : await profiles.get(given);
  const domain = await domainFor(context, options, known, answers);
  const name = given ?? (await nameFor(context, domain, answers));
  if (name === localProfileName) {
    throw new AnonError('usage', "Profile 'local' is the built-in local tenant, which needs no login.", {
      hint: 'Choose another name: anon-cli login <name>',
    });
  }
  const earlier = known ?? (await profiles.get(name));
  // Another domain is another tenant: nothing saved for the old one applies.
  const before = earlier?.domain === domain ? earlier : undefined;
  if (earlier && !before) {
    const { confirmProfileLoss } = await import('../../input/confirmation.ts');
    const place = earlier.domain ?? 'an unknown tenant';
    await confirmProfileLoss(context, earlier, options, `It is for ${place}. Replace it with ${domain}?`);
  }
  const checked = await checkedLogin(context, options, { name, domain, before }, answers);
  const production = options.production ?? before?.production;
  const profile = await saveLogin(context, checked, { earlier, production });
  const found = await profileInUse(context);
  warnIfNotUsed(context, name, found);
  const inUse = found.profile?.name === name;
  const detected = checked.edition === undefined && checked.proof?.edition !== undefined;
  printResult(context, options, {
    data: loginData(profile, checked.proof, inUse),
    human: (paint) => renderLogin(paint, profile, checked.proof, { inUse, detected }),
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
    const domain = await askDomain(context);
    answers.options.domain = domain;
    return domain;
  }
  throw new AnonError('usage', `No --domain given, and ${whyNobodyIsAsked(terminal)}.`, {
    hint: 'Example: anon-cli login --domain acme.eu.auth0.com --client-id <id> --client-secret -',
  });
}

/** The name of the tenant's profile; otherwise one derived from its domain, or asked for if another tenant has that. */
async function nameFor(context: Context, domain: string, answers: Answers): Promise<string> {
  const store = await context.profiles();
  const [profiles, current] = [await store.list(), await store.current()];
  const same = profiles.filter((profile) => profile.domain === domain);
  const found = same.find((profile) => profile.name === current) ?? same[0];
  if (found) return found.name;
  const name = profileNameFor(domain);
  const other = profiles.find((profile) => profile.name === name);
  if (!other || name === localProfileName) return name;
  const taken = new AnonError('usage', `Profile '${name}' is for ${other.domain}.`, {
    hint: `Choose another name: anon-cli login <name> --domain ${domain}`,
  });
  // The domain came from the command line, so the name has to as well.
  if (answers.options.domain === undefined) throw taken;
  await noteRefusal(context.terminal, reworded(taken, { hint: undefined }));
  answers.name = await askName(
    context,
    profiles.map((profile) => profile.name),
  );
  return answers.name;
}

/** Checks the login at the tenant. Asks again for credentials that the user entered and the tenant refused. */
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

function askDomain(context: Context): Promise<string> {
  const question = 'Domain of your tenant (example: acme.eu.auth0.com)';
  return askUntilAccepted(context, () => askText(context, question), parseTenantDomain);
}

/** Asks for a profile name other than the `taken` ones. */
function askName(context: Context, taken: readonly string[]): Promise<string> {
  return askUntilAccepted(
    context,
    () => askText(context, 'Profile name'),
    (text) => {
      const name = checkProfileName(text);
      if (!taken.includes(name)) return name;
      throw new AnonError('usage', `Profile '${name}' already exists.`);
    },
  );
}
