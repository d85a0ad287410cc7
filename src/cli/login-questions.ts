import type { Profile } from '../domain/ports.ts';
import { AnonError } from '../errors.ts';
import type { Context } from './context.ts';
import { type GivenCredentials, privateKeyCredentials } from './login-credentials.ts';

const ways = [
  { value: 'client_secret', label: 'with the client id and secret of an application' },
  { value: 'private_key', label: 'with its client id and private key' },
  { value: 'access_token', label: 'with a Management API access token that you have' },
] as const;
const keep = { value: 'keep', label: 'as this profile does already' };
const none = { value: 'none', label: 'not at all: guest tokens only' };

/** Asks for the domain of a tenant. */
export async function askDomain({ prompts }: Context): Promise<string> {
  return answered(await prompts.text('Domain of the tenant, such as acme.eu.auth0.com'), 'a domain');
}

/** Asks how to sign in, and for what that takes. `keep` and `none` are answers too. */
export async function askCredentials(
  context: Context,
  before: Profile | undefined,
): Promise<GivenCredentials | 'keep' | 'none'> {
  const { prompts } = context;
  const choices = before?.credentials ? [keep, ...ways] : [...ways, none];
  const way = await prompts.choose('How to sign in to its Management API', choices);
  if (way === 'keep' || way === 'none') return way;
  if (way === 'access_token') {
    const secret = answered(await prompts.secret('Access token (it is not shown)'), 'an access token');
    return { credentials: { kind: 'access_token' }, secret };
  }
  const clientId = answered(await prompts.text('Client id'), 'a client id');
  if (way === 'private_key') {
    const path = answered(await prompts.text('File of the private key, PEM or JWK'), 'a file');
    return privateKeyCredentials(context, clientId, path);
  }
  const secret = answered(await prompts.secret('Client secret (it is not shown)'), 'a client secret');
  return { credentials: { kind: 'client_secret', clientId }, secret };
}

function answered(answer: string, what: string): string {
  if (answer !== '') return answer;
  throw new AnonError('usage', `It takes ${what}; nothing was saved.`);
}
