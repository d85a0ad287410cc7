import { join } from 'node:path';
import * as v from 'valibot';
import type { ProfileStore, SecretStore } from '../../domain/profile/profile.ts';
import { assertionAlgorithms } from '../../wire/client-assertion.ts';
import { editionNames } from '../../wire/edition/edition.ts';
import { exists } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';

const credentials = v.variant('kind', [
  v.strictObject({ kind: v.literal('client_secret'), clientId: v.string() }),
  v.strictObject({
    kind: v.literal('private_key'),
    clientId: v.string(),
    alg: v.picklist(assertionAlgorithms),
    keyId: v.optional(v.string()),
  }),
  v.strictObject({ kind: v.literal('access_token') }),
]);
const profile = v.strictObject({
  domain: v.optional(v.string()),
  database: v.optional(v.string()),
  edition: v.optional(v.picklist(editionNames)),
  credentials: v.optional(credentials),
  secrets: v.optional(v.picklist(['keyring', 'file'])),
  app: v.optional(v.strictObject({ clientId: v.string(), name: v.string() })),
  api: v.optional(v.strictObject({ audience: v.string(), name: v.string() })),
  production: v.optional(v.boolean()),
  /** Version 0.1.0 saved the secret here. */
  management: v.optional(v.strictObject({ clientId: v.string(), clientSecret: v.string() })),
});
type KnownProfile = v.InferOutput<typeof profile>;
const profiles = v.strictObject({ current: v.string(), profiles: v.record(v.string(), profile) });
type Profiles = v.InferOutput<typeof profiles>;

interface Ports {
  readonly folders: Folders;
  /** The profile that always exists, and is current by default. */
  readonly defaultProfile: string;
  /** Where secrets of version 0.1.0 are moved to. */
  readonly secrets: () => Promise<SecretStore>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly readOnly?: boolean | undefined;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Profiles in `profiles.json` of the config folder, without secrets. */
export function profileStore({ folders, defaultProfile, secrets, exclusively, ...ports }: Ports): ProfileStore {
  const path = join(folders.config, 'profiles.json');
  const file: JsonFile<Profiles> = { ...ports, path, version: 2, schema: profiles };

  // Not loaded until there is a file to read.
  const load = async (): Promise<Profiles> => {
    const content = exists(path) ? (await import('../files/json-file.ts')).readJsonFile(file) : undefined;
    return { current: content?.current ?? defaultProfile, profiles: { [defaultProfile]: {}, ...content?.profiles } };
  };

  const change = (work: (before: Profiles) => Profiles): Promise<Profiles> =>
    exclusively(async () => {
      const { writeJsonFile } = await import('../files/json-file.ts');
      const after = work(await withoutSecrets(await load(), secrets));
      writeJsonFile(file, after);
      return after;
    });

  const read = async (): Promise<Profiles> => {
    const found = await load();
    if (ports.readOnly || !Object.values(found.profiles).some(({ management }) => management)) return found;
    return change((before) => before);
  };

  return {
    current: async () => (await read()).current,
    list: async () =>
      Object.entries((await read()).profiles).map(([name, { management: _, ...known }]) => ({ ...known, name })),
    async get(name) {
      const known = (await read()).profiles;
      if (!Object.hasOwn(known, name)) return undefined;
      const { management: _, ...found } = known[name] ?? {};
      return { ...found, name };
    },
    async change(name, work) {
      await change(({ current, profiles: { [name]: before, ...others } }) => {
        const { management: _, ...known } = before ?? {};
        const after = work(before && { ...known, name });
        if (!after) return { current: current === name ? defaultProfile : current, profiles: others };
        const { name: __, adHoc: ___, ...saved } = after;
        return { current, profiles: { ...others, [name]: saved } };
      });
    },
    async use(name) {
      await change((before) => ({ ...before, current: name }));
    },
  };
}

/** Moves each secret of version 0.1.0 to the secret store; the caller writes the file without it afterwards. */
async function withoutSecrets(before: Profiles, secrets: () => Promise<SecretStore>): Promise<Profiles> {
  const moved: Record<string, KnownProfile> = {};
  for (const [name, { management, ...known }] of Object.entries(before.profiles)) {
    moved[name] = known;
    if (!management) continue;
    const { clientId, clientSecret } = management;
    await (await secrets()).put(`credentials/${name}`, clientSecret);
    moved[name] = { ...known, credentials: { kind: 'client_secret', clientId }, secrets: 'file' };
  }
  return { ...before, profiles: moved };
}
