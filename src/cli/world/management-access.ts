import type { ManagementAccess } from '../../domain/exchange/management/credentials.ts';
import type { Profile, SecretStore } from '../../domain/profile/profile.ts';
import { AnonError } from '../../errors.ts';
import { tokenCache } from '../../io/store/management-token.ts';
import type { Context } from './context.ts';
import { environmentCredentials } from './environment-credentials.ts';

/**
 * How commands get Management API tokens for a profile: with the environment's credentials for its tenant, otherwise with the
 * profile's. Credentials from the environment, and tokens obtained with them, are never saved.
 */
export function managementAccess(
  context: Pick<Context, 'env' | 'readFile' | 'warn'>,
  profile: Profile,
  secrets: () => Promise<SecretStore>,
): ManagementAccess | undefined {
  const { name, domain, credentials } = profile;
  const found = environmentCredentials(context, domain);
  if (found) return { ...found, source: 'environment', cache: undefined };
  if (!credentials) return undefined;
  return {
    credentials,
    source: 'profile',
    async secret() {
      const secret = await (await secrets()).get(`credentials/${name}`);
      if (secret !== undefined) return secret;
      throw missingCredentials(profile);
    },
    cache: credentials.kind === 'access_token' ? undefined : tokenCache(secrets, name, context.warn),
  };
}

function missingCredentials({ name, secrets }: Profile): AnonError {
  if (secrets !== 'keyring') {
    return new AnonError('not_authorised', `No saved credentials found for profile '${name}'.`, {
      hint: `Sign in again: anon-cli login ${name}`,
    });
  }
  return new AnonError('not_authorised', `The keyring does not return the credentials of profile '${name}'.`, {
    hint: `Unlock the keyring, unset ANON_KEYRING, or sign in again: anon-cli login ${name}`,
  });
}
