import { basename, resolve } from 'node:path';
import type { Api } from '../../../domain/api/api.ts';
import { findApi } from '../../../domain/api/find.ts';
import { readApi } from '../../../domain/api/read.ts';
import type { App } from '../../../domain/app/app.ts';
import { findApp } from '../../../domain/app/find.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { editionOf } from '../../../domain/exchange/management/request.ts';
import { localProfileName } from '../../../domain/profile/name.ts';
import { carrierIn, carriers, parseCarrier } from '../../../domain/rehearsal/carrier.ts';
import { rehearsalRedirectUri } from '../../../domain/rehearsal/login.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { findUser, listUsers } from '../../../domain/user/read.ts';
import { AnonError, isAnonError, withHint } from '../../../errors.ts';
import type { Rehearsal } from '../../../local/rehearse.ts';
import type { EditionName } from '../../../wire/edition/edition.ts';
import { emailForm } from '../../../wire/user.ts';
import { type CarriedSession, sessionToCarry } from '../../input/carried-session.ts';
import { readTokenInput } from '../../input/token-request.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { type Access, accessTenant, requestedAppAndApi, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

export const rehearseOptions = {
  '--user <user>': {
    description: 'the user who logs in: e-mail address or id',
    required: true,
    values: { live: 'user' },
  },
  '--new-user': 'the user signs up first, with a password that is discarded',
  '--session <session>': 'carry this session, not the current one',
  '--session-token <->': "carry a session that is not saved: '-' reads its token from stdin, '@<file>' from a file",
  '--via <carrier>': {
    description: `how the guest comes along: ${carriers.join(', ')} (default: ticket; in edition preview, query)`,
    values: carriers,
    parse: parseCarrier,
  },
  '--action <file>': {
    description: "run this post-login Action in place of the tenant's own",
    values: { file: true },
  },
  '--app <app>': "the application: name or client id (default: the session's, or the profile's)",
  '--api <api>': "the API: name, audience or id (default: the session's)",
} as const;

type RehearseOptions = GlobalOptions & OptionValues<typeof rehearseOptions>;

export interface PlannedRehearsal {
  readonly login: Rehearsal;
  readonly app: App;
  readonly api: Api | undefined;
  readonly edition: EditionName;
  readonly selection: string;
}

/** What the options mean at the local tenant. @throws {AnonError} as the commands for applications, APIs, users and sessions */
export async function planRehearsal(context: Context, options: RehearseOptions): Promise<PlannedRehearsal> {
  await requireLocalTenant(context, options);
  const { sessionToken: given } = await readTokenInput(context, options);
  const action = await actionIn(context, options.action);
  const access = await accessTenant(context, options);
  const { tenant } = access;
  const edition = await editionOf(tenant);
  const via = carrierIn(edition, options.via);
  const session = await sessionToCarry(context, options, access, given);
  const app = await findApp(tenant, session.app.clientId);
  const api = await apiFor(context, options, access, session);
  return {
    login: {
      ...{ via, action, sessionToken: session.token, clientId: app.clientId },
      redirectUri: rehearsalRedirectUri(app, tenant.selection),
      audience: api?.audience,
      scope: [...loginScopes, ...(api?.scopes.map(({ value }) => value) ?? [])],
      user: await emailOf(tenant, options),
      isNew: options.newUser === true,
    },
    ...{ app, api, edition: edition.name, selection: tenant.selection },
  };
}

const loginScopes = ['openid', 'profile', 'email'];

/** @throws {AnonError} `edition_unsupported` */
async function requireLocalTenant(context: Context, options: GlobalOptions): Promise<void> {
  const { profile } = await selectProfile(context, options);
  if (profile.domain === undefined) return;
  const message = `Profile '${profile.name}' is for ${profile.domain}; this command is for the local tenant only.`;
  throw new AnonError('edition_unsupported', message, {
    hint: `To rehearse with a guest of the local tenant: --profile ${localProfileName}`,
  });
}

/** @throws {AnonError} `usage` for a file that is not an Action */
async function actionIn(context: Context, path: string | undefined): Promise<Rehearsal['action']> {
  if (path === undefined) return undefined;
  const file = resolve(path);
  const problem = await (await context.local()).actions.check('post-login', file);
  if (problem === undefined) return { name: basename(file), file };
  throw new AnonError('usage', `${path} is not an Action: ${problem}.`);
}

/** The e-mail address of the user who logs in or signs up. @throws {AnonError} `not_found`, `usage` */
async function emailOf(tenant: TenantConnection, { user: reference, newUser }: RehearseOptions): Promise<string> {
  if (!newUser) return existingEmail(tenant, reference);
  if (!/^[^\s@]+@[^\s@]+$/.test(reference)) {
    throw new AnonError('usage', `--new-user needs an e-mail address, not '${reference.slice(0, 60)}'.`, {
      hint: 'Example: --user jane@example.com --new-user',
    });
  }
  const known = (await listUsers(tenant)).some(({ email }) => email.toLowerCase() === reference.toLowerCase());
  if (!known) return reference.toLowerCase();
  throw new AnonError('usage', `User '${reference}' already exists.`, {
    hint: 'Leave --new-user out to log in as this user.',
  });
}

async function existingEmail(tenant: TenantConnection, reference: string): Promise<string> {
  try {
    return (await findUser(tenant, reference)).email;
  } catch (error) {
    if (!isAnonError(error) || error.code !== 'not_found') throw error;
    // Only a user with an e-mail address can be created here.
    if (!emailForm.test(reference)) throw error;
    const creation = `anon-cli local user add ${shellWord(reference)}`;
    throw withHint(error, `${error.hint}. To create the user: ${creation}, or --new-user to rehearse a sign-up`);
  }
}

/** The API that is named, or the session's, which may be gone, or the profile's. */
async function apiFor(
  context: Context,
  options: RehearseOptions,
  { tenant, profile }: Access,
  { audience }: CarriedSession,
): Promise<Api | undefined> {
  const { api: named } = requestedAppAndApi(context, options);
  if (named !== undefined) return findApi(tenant, named);
  const wanted = audience ?? profile.api?.audience;
  return wanted === undefined ? undefined : readApi(tenant, wanted);
}
