import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { checkProfileName } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import { askSecret, askText, askUntilAccepted } from '../../input/questions.ts';
import type { Context } from '../../world/context.ts';
import { type GivenCredentials, privateKeyCredentials } from './credentials.ts';

const ways = [
  { value: 'client_secret', label: 'client id and secret of an application' },
  { value: 'private_key', label: 'client id and private key of an application' },
  { value: 'access_token', label: 'a Management API access token you already have' },
] as const;
const keep = { value: 'keep', label: 'the saved credentials of this profile' };
const none = { value: 'none', label: 'no credentials: request guest tokens only' };

/** The answer to how to sign in. */
export type CredentialsAnswer = GivenCredentials | 'keep' | 'none';

export function askDomain(context: Context): Promise<string> {
  const question = 'Domain of your tenant (example: acme.eu.auth0.com)';
  return askUntilAccepted(context, () => askText(context, question), parseTenantDomain);
}

/** Asks for a profile name other than the `taken` ones. */
export function askName(context: Context, taken: readonly string[]): Promise<string> {
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

/** Asks how to sign in, and for the credentials. Each answer is recorded in `options` as the option that gives it. */
export async function askCredentials(
  context: Context,
  before: Profile | undefined,
  options: Record<string, unknown>,
): Promise<CredentialsAnswer> {
  const choices = before?.credentials ? [keep, ...ways] : [...ways, none];
  const way = await context.prompts.choose('How do you sign in to the Management API?', choices);
  if (way === 'keep') return 'keep';
  if (way === 'none') {
    options.check = false;
    return 'none';
  }
  if (way === 'access_token') {
    options.accessToken = '-';
    const secret = await askSecret(context, 'Access token (hidden)');
    return { credentials: { kind: 'access_token' }, secret };
  }
  const clientId = await askText(context, 'Client ID');
  options.clientId = clientId;
  if (way === 'private_key') return askPrivateKey(context, clientId, options);
  options.clientSecret = '-';
  const secret = await askSecret(context, 'Client secret (hidden)');
  return { credentials: { kind: 'client_secret', clientId }, secret };
}

function askPrivateKey(
  context: Context,
  clientId: string,
  options: Record<string, unknown>,
): Promise<GivenCredentials> {
  return askUntilAccepted(
    context,
    () => askText(context, 'Private key file (PEM or JWK)'),
    async (path) => {
      const given = await privateKeyCredentials(context, clientId, path);
      options.privateKey = path;
      return given;
    },
  );
}
