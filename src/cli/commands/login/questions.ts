import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { checkProfileName } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import { askedSecret, askedText, askedUntil } from '../../input/asked-again.ts';
import type { Context } from '../../world/context.ts';
import { type GivenCredentials, privateKeyCredentials } from './credentials.ts';

const ways = [
  { value: 'client_secret', label: 'with the client id and secret of an application' },
  { value: 'private_key', label: 'with its client id and private key' },
  { value: 'access_token', label: 'with a Management API access token that you have' },
] as const;
const keep = { value: 'keep', label: 'as this profile does already' };
const none = { value: 'none', label: 'not at all: guest tokens only' };

/** What a person answers to how the tool signs in, and the options that would have said so. */
export interface CredentialsAnswer {
  readonly given: GivenCredentials | 'keep' | 'none';
  readonly options: Readonly<Record<string, unknown>>;
}

/** Asks for the domain of a tenant. */
export function askDomain(context: Context): Promise<string> {
  const question = 'Domain of the tenant, such as acme.eu.auth0.com';
  return askedUntil(context, () => askedText(context, question), parseTenantDomain);
}

/** Asks for the name of a profile that is not one of `taken`. */
export function askName(context: Context, taken: readonly string[]): Promise<string> {
  return askedUntil(
    context,
    () => askedText(context, 'Name of the profile'),
    (text) => {
      const name = checkProfileName(text);
      if (!taken.includes(name)) return name;
      throw new AnonError('usage', `There is a profile '${name}' already.`);
    },
  );
}

/** Asks how to sign in, and for what that takes. `keep` and `none` are answers too. */
export async function askCredentials(context: Context, before: Profile | undefined): Promise<CredentialsAnswer> {
  const choices = before?.credentials ? [keep, ...ways] : [...ways, none];
  const way = await context.prompts.choose('How to sign in to its Management API', choices);
  if (way === 'keep') return { given: 'keep', options: {} };
  if (way === 'none') return { given: 'none', options: { check: false } };
  if (way === 'access_token') {
    const secret = await askedSecret(context, 'Access token (it is not shown)');
    return { given: { credentials: { kind: 'access_token' }, secret }, options: { accessToken: '-' } };
  }
  const clientId = await askedText(context, 'Client id');
  if (way === 'private_key') return askPrivateKey(context, clientId);
  const secret = await askedSecret(context, 'Client secret (it is not shown)');
  const given: GivenCredentials = { credentials: { kind: 'client_secret', clientId }, secret };
  return { given, options: { clientId, clientSecret: '-' } };
}

function askPrivateKey(context: Context, clientId: string): Promise<CredentialsAnswer> {
  return askedUntil(
    context,
    () => askedText(context, 'File of the private key, PEM or JWK'),
    async (path) => ({
      given: await privateKeyCredentials(context, clientId, path),
      options: { clientId, privateKey: path },
    }),
  );
}
