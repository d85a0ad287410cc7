import { parseSigningAlgorithm, readPrivateKey } from '../../domain/exchange/management/private-key.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { AnonError } from '../../errors.ts';
import { assertionAlgorithms } from '../../wire/client-assertion.ts';
import type { OptionValues } from '../options/definition.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { GivenCredentials } from '../tenant/sign-in.ts';
import type { Context } from '../world/context.ts';
import { environmentCredentials } from '../world/management-credentials.ts';
import { whyNobodyIsAsked } from '../world/unattended.ts';
import { askSecret, askText, askUntilAccepted } from './questions.ts';
import { readSecret } from './secret.ts';

export const credentialOptions = {
  '--client-id <id>': 'client id of an application with a Management API grant',
  '--client-secret <->': "its client secret: '-' for stdin, '@<file>' for a file",
  '--private-key <file>': 'its private key instead: a PEM or JWK file',
  '--signing-alg <alg>': {
    description: `signing algorithm of the key: ${assertionAlgorithms.join(', ')}`,
    values: assertionAlgorithms,
  },
  '--access-token <->': "a Management API token instead: '-' for stdin, '@<file>' for a file",
} as const;

type CredentialOptions = GlobalOptions & OptionValues<typeof credentialOptions>;

const ways = '--client-id <id> with --client-secret - or --private-key <file>, or --access-token -';

/**
 * Credentials from the options, otherwise from the environment if it has some for the tenant at `domain`. `before` is
 * the saved profile: its client id is the default for a new secret or key.
 * @throws {AnonError} `usage` for incomplete credentials, too many, and an invalid private key
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
  const algorithm = signingAlg === undefined ? undefined : parseSigningAlgorithm(signingAlg, '--signing-alg');
  const secret = await readFile(path);
  const { alg, keyId } = readPrivateKey(secret, path, algorithm);
  return { credentials: { kind: 'private_key', clientId, alg, keyId }, secret };
}

/** No credentials, and no terminal to ask for them. */
export function credentialsMissing({ terminal }: Pick<Context, 'terminal'>): AnonError {
  return new AnonError('usage', `No Management API credentials given, and ${whyNobodyIsAsked(terminal)}.`, {
    hint: `Pass ${ways}; or --no-check to save only the domain.`,
  });
}

function checkTogether({ clientId, clientSecret, privateKey, accessToken, signingAlg }: CredentialOptions): void {
  const secrets = { '--client-secret': clientSecret, '--private-key': privateKey, '--access-token': accessToken };
  const given = Object.entries(secrets).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (given.length > 1)
    throw new AnonError('usage', `${given.join(' and ')} can't be combined: choose one way to sign in.`);
  if (signingAlg !== undefined && privateKey === undefined) {
    throw new AnonError('usage', '--signing-alg needs --private-key <file>.');
  }
  if (clientId !== undefined && accessToken !== undefined) {
    throw new AnonError(
      'usage',
      "--access-token and --client-id can't be combined: the token already names its client.",
    );
  }
}

function clientIdFor({ clientId }: CredentialOptions, before: Profile | undefined): string {
  const known = before?.credentials;
  const found = clientId ?? (known && known.kind !== 'access_token' ? known.clientId : undefined);
  if (found !== undefined) return found;
  throw new AnonError('usage', 'No --client-id given.', { hint: `Pass ${ways}.` });
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
  throw new AnonError('usage', '--client-id needs a secret, a private key or an access token.', {
    hint: `Pass ${ways}.`,
  });
}

const signInWays = [
  { value: 'client_secret', label: 'client id and secret of an application' },
  { value: 'private_key', label: 'client id and private key of an application' },
  { value: 'access_token', label: 'a Management API access token you already have' },
] as const;
const keep = { value: 'keep', label: 'the saved credentials of this profile' };
const none = { value: 'none', label: 'no credentials: request guest tokens only' };

/** The answer to how to sign in. */
export type CredentialsAnswer = GivenCredentials | 'keep' | 'none';

/** Asks how to sign in, and for the credentials. Each answer is recorded in `options` as the option that gives it. */
export async function askCredentials(
  context: Context,
  before: Profile | undefined,
  options: Record<string, unknown>,
): Promise<CredentialsAnswer> {
  const choices = before?.credentials ? [keep, ...signInWays] : [...signInWays, none];
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
