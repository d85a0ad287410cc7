import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ProfileStore } from '../domain/ports.ts';
import { editionNames } from '../wire/edition/edition.ts';
import type { Folders } from './folders.ts';
import type { JsonFile } from './json-file.ts';

/** The profile of the embedded tenant, which is there without being made. */
const localName = 'local';

const profile = v.strictObject({
  domain: v.optional(v.string()),
  edition: v.optional(v.picklist(editionNames)),
  management: v.optional(v.strictObject({ clientId: v.string(), clientSecret: v.string() })),
  app: v.optional(v.strictObject({ clientId: v.string(), name: v.string() })),
  api: v.optional(v.strictObject({ audience: v.string(), name: v.string() })),
});
const profiles = v.strictObject({ current: v.string(), profiles: v.record(v.string(), profile) });
type Profiles = v.InferOutput<typeof profiles>;

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly readOnly?: boolean | undefined;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Profiles in `profiles.json` of the config folder. */
export function profileStore({ folders, exclusively, ...ports }: Ports): ProfileStore {
  const file: JsonFile<Profiles> = { ...ports, path: join(folders.config, 'profiles.json'), schema: profiles };

  // Shared with the other store, and not loaded while there is no file to read.
  const read = async (): Promise<Profiles> => {
    const content = existsSync(file.path) ? (await import('./json-file.ts')).readJsonFile(file) : undefined;
    return { current: content?.current ?? localName, profiles: { [localName]: {}, ...content?.profiles } };
  };

  const write = (change: (before: Profiles) => Profiles): Promise<void> =>
    exclusively(async () => {
      const { writeJsonFile } = await import('./json-file.ts');
      writeJsonFile(file, change(await read()));
    });

  return {
    current: async () => (await read()).current,
    list: async () => Object.entries((await read()).profiles).map(([name, known]) => ({ ...known, name })),
    async get(name) {
      const known = (await read()).profiles;
      return Object.hasOwn(known, name) ? { ...known[name], name } : undefined;
    },
    change: (name, change) =>
      write(({ current, profiles: { [name]: before, ...others } }) => {
        const after = change(before && { ...before, name });
        if (!after) return { current: current === name ? localName : current, profiles: others };
        const { name: _, ...kept } = after;
        return { current, profiles: { ...others, [name]: kept } };
      }),
    use: (name) => write((before) => ({ ...before, current: name })),
  };
}
