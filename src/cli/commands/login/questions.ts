import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { checkProfileName } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import { askSecret, askText, askUntilAccepted } from '../../input/questions.ts';
import type { Context } from '../../world/context.ts';
import { type GivenCredentials, privateKeyCredentials } from './credentials.ts';

const ways = [
  { value: 'client_secret', label: 'with the client id and secret of an application' },
  { value: 'private_key', label: 'with its client id and private key' },
  { value: 'access_token', label: 'with a Management API access token that you have' },
] as const;
const keep = { value: 'keep', label: 'as this profile does already' };
const none = { value: 'none', label: 'not at all: guest tokens only' };

/** What a person answers to how the tool signs in. */
export type CredentialsAnswer = GivenCredentials | 'keep' | 'none';

/** Asks for the domain of a tenant. */
export function askDomain(context: Context): Promise<string> {
  const question = 'Domain of the tenant, such as acme.eu.auth0.com';
  return askUntilAccepted(context, () => askText(context, question), parseTenantDomain);
}

/** Asks for the name of a profile that is not one of `taken`. */
export function askName(context: Context, taken: readonly string[]): Promise<string> {
  return askUntilAccepted(
    context,
    () => askText(context, 'Name of the profile'),
    (text) => {
      const name = checkProfileName(text);
      if (!taken.includes(name)) return name;
      throw new AnonError('usage', `There is a profile '${name}' already.`);
    },
  );
}

/** Asks how to sign in, and for what that takes; `options` gets what would have said each answer, as soon as it is there. */
export async function askCredentials(
  context: Context,
  before: Profile | undefined,
  options: Record<string, unknown>,
): Promise<CredentialsAnswer> {
  const choices = before?.credentials ? [keep, ...ways] : [...ways, none];
  const way = await context.prompts.choose('How to sign in to its Management API', choices);
  if (way === 'keep') return 'keep';
  if (way === 'none') {
    options.check = false;
    return 'none';
  }
  if (way === 'access_token') {
    options.accessToken = '-';
    const secret = await askSecret(context, 'Access token (it is not shown)');
    return { credentials: { kind: 'access_token' }, secret };
  }
  const clientId = await askText(context, 'Client id');
  options.clientId = clientId;
  if (way === 'private_key') return askPrivateKey(context, clientId, options);
  options.clientSecret = '-';
  const secret = await askSecret(context, 'Client secret (it is not shown)');
  return { credentials: { kind: 'client_secret', clientId }, secret };
}

function askPrivateKey(
  context: Context,
  clientId: string,
  options: Record<string, unknown>,
): Promise<GivenCredentials> {
  return askUntilAccepted(
    context,
    () => askText(context, 'File of the private key, PEM or JWK'),
    async (path) => {
      const given = await privateKeyCredentials(context, clientId, path);
      options.privateKey = path;
      return given;
    },
  );
}
