import * as v from 'valibot';
import type { TokenCache } from '../../domain/exchange/management/credentials.ts';
import type { SecretStore } from '../../domain/profile/profile.ts';
import { isAnonError } from '../../errors.ts';

const savedToken = v.strictObject({
  issuer: v.string(),
  clientId: v.string(),
  audience: v.string(),
  token: v.string(),
  endsAtMs: v.number(),
  scope: v.optional(v.string()),
});

/** Undefined for another tenant's token: requesting a new one shows what is wrong. */
async function ignoringOtherTenants(secret: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await secret;
  } catch (error) {
    if (isAnonError(error) && error.code === 'not_authorised') return undefined;
    throw error;
  }
}

/** Saves the Management API token of a profile among its secrets. An invalid one is ignored. */
export function tokenCache(
  secrets: () => Promise<SecretStore>,
  profile: string,
  warn: (message: string) => void,
): TokenCache {
  const key = `management-token/${profile}` as const;
  return {
    async get() {
      const text = await ignoringOtherTenants((await secrets()).get(key));
      if (text === undefined) return undefined;
      const checked = v.safeParse(v.pipe(v.string(), v.parseJson(), savedToken), text);
      return checked.success ? checked.output : undefined;
    },
    async put(token) {
      try {
        await (await secrets()).put(key, JSON.stringify(token));
      } catch {
        warn(`The Management API token of profile ${profile} could not be saved; the next command requests another.`);
      }
    },
    remove: async () => (await secrets()).remove(key),
  };
}
