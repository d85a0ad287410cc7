import type { GlobalOptions } from '../options/global.ts';
import { selectProfile } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';
import { readSecret } from './secret.ts';

/**
 * The secret of the application that guests come with: by --client-secret, else by ANON_APP_SECRET. What the environment
 * says beside AUTH0_DOMAIN is for that tenant, and goes to no other.
 * @throws {AnonError} `usage`
 */
export async function readAppSecret(
  context: Context,
  options: GlobalOptions & { readonly clientSecret?: string | undefined },
): Promise<string | undefined> {
  const { clientSecret: value } = options;
  const secret = await readSecret(context, { flag: '--client-secret', value, variable: 'ANON_APP_SECRET' });
  if (secret === undefined || value !== undefined || !context.env.AUTH0_DOMAIN) return secret;
  const [{ isDomainOfEnvironment }, { profile }] = await Promise.all([
    import('../world/environment-credentials.ts'),
    selectProfile(context, options),
  ]);
  if (isDomainOfEnvironment(context.env, profile.domain)) return secret;
  context.warn('ANON_APP_SECRET is not used: AUTH0_DOMAIN names another tenant.');
  return undefined;
}
