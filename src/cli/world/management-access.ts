import type { ManagementAccess } from '../../domain/exchange/management/credentials.ts';
import type { Profile, SecretStore } from '../../domain/profile/profile.ts';
import { AnonError } from '../../errors.ts';
import { tokenCache } from '../../io/store/management-token.ts';
import type { Context } from './context.ts';
import { environmentCredentials } from './environment-credentials.ts';

/**
 * How commands get Management API tokens for a profile: with the credentials that the environment has for its
 * tenant, else with its own. What came from the environment is not written down, and no token got with it.
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
      throw gone(profile);
    },
    cache: credentials.kind === 'access_token' ? undefined : tokenCache(secrets, name, context.warn),
  };
}

function gone({ name, secrets }: Profile): AnonError {
  if (secrets !== 'keyring') {
    return new AnonError('not_authorised', `The credentials of profile '${name}' are not where they were kept.`, {
      hint: `Give them anew: anon-cli login ${name}`,
    });
  }
  return new AnonError('not_authorised', `The keyring does not give the credentials of profile '${name}'.`, {
    hint: `Unlock it, and do not set ANON_KEYRING=off; or give them anew: anon-cli login ${name}`,
  });
}
