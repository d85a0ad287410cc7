import type { ManagementCredentials } from '../../../domain/exchange/management/credentials.ts';
import { parseSigningAlgorithm, readPrivateKey } from '../../../domain/exchange/management/private-key.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import { readSecret } from '../../input/secret.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { Context } from '../../world/context.ts';
import { environmentCredentials } from '../../world/environment-credentials.ts';
import { whyNobodyIsAsked } from '../../world/unattended.ts';

/** What `login` takes of credentials. */
export interface CredentialOptions extends GlobalOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly privateKey?: string;
  readonly signingAlg?: string;
  readonly accessToken?: string;
}

export interface GivenCredentials {
  readonly credentials: ManagementCredentials;
  readonly secret: string;
}

const ways = '--client-id <id> with --client-secret - or --private-key <file>, or --access-token -';

/**
 * Credentials from the options, else what the environment has for the tenant at `domain`; undefined when there
 * are none. `before` is the profile as it was, whose client may get a new secret.
 * @throws {AnonError} `usage` for half of them, too many, and a private key that is none
 */
export async function givenCredentials(
  context: Context,
  options: CredentialOptions,
  { domain, before }: { domain: string; before: Profile | undefined },
): Promise<GivenCredentials | undefined> {
  const { clientSecret, privateKey, accessToken, signingAlg } = options;
  checkTogether(options);
  if (accessToken !== undefined) {
    const secret = await readSecret(context, {
      flag: '--access-token',
      value: accessToken,
      variable: 'AUTH0_ACCESS_TOKEN',
      empty: 'token_unacceptable',
    });
    return secret === undefined ? undefined : { credentials: { kind: 'access_token' }, secret };
  }
  if (clientSecret !== undefined) {
    const clientId = clientIdFor(options, before);
    const secret = await readSecret(context, {
      flag: '--client-secret',
      value: clientSecret,
      variable: 'AUTH0_CLIENT_SECRET',
    });
    return secret === undefined ? undefined : { credentials: { kind: 'client_secret', clientId }, secret };
  }
  if (privateKey !== undefined)
    return privateKeyCredentials(context, clientIdFor(options, before), privateKey, signingAlg);
  return fromEnvironment(context, options, domain);
}

/** @throws {AnonError} `usage` */
export async function privateKeyCredentials(
  { readFile }: Pick<Context, 'readFile'>,
  clientId: string,
  path: string,
  signingAlg?: string,
): Promise<GivenCredentials> {
  const wanted = signingAlg === undefined ? undefined : parseSigningAlgorithm(signingAlg, '--signing-alg');
  const secret = await readFile(path);
  const { alg, keyId } = readPrivateKey(secret, path, wanted);
  return { credentials: { kind: 'private_key', clientId, alg, keyId }, secret };
}

/** Credentials are missing, and there is nobody to ask. */
export function credentialsMissing({ terminal }: Pick<Context, 'terminal'>): AnonError {
  return new AnonError('usage', `The Management API credentials are missing, and ${whyNobodyIsAsked(terminal)}.`, {
    hint: `Give ${ways}; or --no-check to keep the domain alone.`,
  });
}

function checkTogether({ clientId, clientSecret, privateKey, accessToken, signingAlg }: CredentialOptions): void {
  const proofs = { '--client-secret': clientSecret, '--private-key': privateKey, '--access-token': accessToken };
  const given = Object.entries(proofs).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (given.length > 1) throw new AnonError('usage', `One way to sign in is enough, not ${given.join(' and ')}.`);
  if (signingAlg !== undefined && privateKey === undefined) {
    throw new AnonError('usage', '--signing-alg is for --private-key <file>, which is missing.');
  }
  if (clientId !== undefined && accessToken !== undefined) {
    throw new AnonError('usage', '--access-token needs no --client-id: the token says whose it is.');
  }
}

function clientIdFor({ clientId }: CredentialOptions, before: Profile | undefined): string {
  const known = before?.credentials;
  const found = clientId ?? (known && known.kind !== 'access_token' ? known.clientId : undefined);
  if (found !== undefined) return found;
  throw new AnonError('usage', '--client-id is missing.', { hint: `Give ${ways}.` });
}

async function fromEnvironment(
  context: Context,
  { clientId }: CredentialOptions,
  domain: string,
): Promise<GivenCredentials | undefined> {
  const found = environmentCredentials(context, domain, clientId);
  if (found?.credentials.kind === 'private_key') {
    const { clientId: id, alg } = found.credentials;
    return privateKeyCredentials(context, id, context.env.AUTH0_CLIENT_SIGNING_KEY_PATH ?? '', alg);
  }
  if (found) return { credentials: found.credentials, secret: await found.secret() };
  if (clientId === undefined) return undefined;
  throw new AnonError('usage', 'Of the credentials there is only --client-id.', { hint: `Give ${ways}.` });
}
