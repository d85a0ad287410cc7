import { originOf } from '../../domain/profile/address.ts';
import type { Profile, SecretPlace, SecretStore } from '../../domain/profile/profile.ts';
import { AnonError } from '../../errors.ts';
import type { Keyring } from '../../io/store/keyring.ts';
import type { Context, World } from './context.ts';
import type { Env } from './environment.ts';

/** The places of saved secrets: files, and the keyring unless ANON_KEYRING=off. */
export function secretStores(
  world: Pick<World, 'env' | 'folders' | 'keyring' | 'readOnly'>,
  { now, warn }: { now: () => number; warn: (message: string) => void },
): Pick<Context, 'secrets' | 'secretsOf' | 'secretPlace'> {
  const { env, readOnly } = world;

  // One instance per process, because it stops using a keyring that doesn't respond.
  let keyring: Promise<Keyring> | undefined;
  const openOnce = () => {
    // Read-only means completion: someone is waiting after a key press.
    const options = readOnly ? { limitMs: 500, ...world.keyring } : world.keyring;
    keyring ??= import('../../io/store/keyring.ts').then(({ openKeyring }) => openKeyring(options));
    return keyring;
  };

  const secrets = async (place: SecretPlace): Promise<SecretStore> => {
    const { secretFiles } = await import('../../io/store/secret-files.ts');
    const files = secretFiles({ folders: await world.folders(), now, warn, readOnly });
    if (place !== 'keyring' || !isKeyringOn(env)) return files;
    const inKeyring = (await openOnce()).secrets(files, warn);
    return readOnly ? { ...files, get: inKeyring.get } : inKeyring;
  };

  return {
    secrets,
    async secretsOf({ name, domain, secrets: place }) {
      const { boundSecrets } = await import('../../io/store/bound-secrets.ts');
      return boundSecrets(await secrets(place ?? 'file'), { profile: name, origin: originOf(domain) });
    },
    secretPlace: async () => (isKeyringOn(env) && (await (await openOnce()).answers()) ? 'keyring' : 'file'),
  };
}

/** @throws {AnonError} `usage` */
function isKeyringOn({ ANON_KEYRING: setting }: Env): boolean {
  if (!setting || setting === 'on' || setting === 'off') return setting !== 'off';
  throw new AnonError('usage', 'ANON_KEYRING must be on or off.');
}

/** Removes the secrets of a profile: its credentials, its Management API token and its sessions. */
export async function removeSecrets(context: Context, profile: Profile): Promise<void> {
  const { name, secrets } = profile;
  await (await context.sessions(profile)).forgetAll();
  const store = await context.secrets(secrets ?? 'file');
  await store.remove(`management-token/${name}`);
  await store.remove(`credentials/${name}`);
}
