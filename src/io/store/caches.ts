import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import type { TokenCache } from '../../domain/exchange/management/credentials.ts';
import type { SecretStore } from '../../domain/profile/profile.ts';
import type { KeyCache } from '../../domain/token/served-keys.ts';
import { isAnonError } from '../../errors.ts';
import { exists } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';

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

const content = v.strictObject({
  url: v.string(),
  fetchedAtMs: v.number(),
  freshForSeconds: v.number(),
  missedOne: v.optional(v.boolean()),
  keys: v.array(v.record(v.string(), v.unknown())),
});

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/** Key sets in `keys` of the data folder, one file per URL. One that can't be read or saved is fetched again. */
export function keyCache({ folders, now, warn }: Ports): KeyCache {
  const file = (url: string): JsonFile<v.InferOutput<typeof content>> => ({
    path: join(folders.data, 'keys', `${createHash('sha256').update(url).digest('hex')}.json`),
    schema: content,
    now,
    warn,
    readOnly: true,
  });
  return {
    async get(url) {
      try {
        const entry = file(url);
        if (!exists(entry.path)) return undefined;
        const saved = (await import('../files/json-file.ts')).readJsonFile(entry);
        return saved?.url === url ? saved : undefined;
      } catch (error) {
        if (isAnonError(error)) return undefined;
        throw error;
      }
    },
    async put(fetched) {
      try {
        const { writeJsonFile } = await import('../files/json-file.ts');
        writeJsonFile(file(fetched.url), { ...fetched, keys: [...fetched.keys] });
      } catch (error) {
        if (!isAnonError(error)) throw error;
        warn(`The keys could not be saved; the next command fetches them again. ${error.message}`);
      }
    },
  };
}
