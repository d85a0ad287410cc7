import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile, ProfileStore } from '../domain/ports.ts';
import type { Folders } from './folders.ts';
import type { JsonFileOptions } from './json-file.ts';

/** The profile of the embedded tenant, which is there without being made. */
export const localProfile: Profile = { name: 'local' };

interface Profiles {
  readonly current: string;
  readonly profiles: Readonly<Record<string, Omit<Profile, 'name'>>>;
}

const text = { type: 'string' } as const;
const chosen = (...required: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(required.map((key) => [key, text])),
  required,
});
const schema: JsonFileOptions['schema'] = {
  current: text,
  profiles: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: {
        domain: text,
        edition: { enum: ['preview', 'ea'] },
        management: chosen('clientId', 'clientSecret'),
        app: chosen('clientId', 'name'),
        api: chosen('audience', 'name'),
      },
      additionalProperties: false,
    },
  },
};

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Profiles in `profiles.json` of the config folder. While there is no such file, nothing is loaded to read it. */
export function profileStore({ folders, now, warn, exclusively }: Ports): ProfileStore {
  const path = join(folders.config, 'profiles.json');

  const open = async () => (await import('./json-file.ts')).openJsonFile({ path, schema, now, warn });

  const read = async (): Promise<Profiles> => {
    const content = existsSync(path) ? ((await open()).store as Partial<Profiles>) : {};
    return {
      current: content.current ?? localProfile.name,
      profiles: { [localProfile.name]: {}, ...content.profiles },
    };
  };

  const write = (change: (before: Profiles) => Profiles): Promise<void> =>
    exclusively(async () => {
      const { writeJsonFile } = await import('./json-file.ts');
      writeJsonFile(await open(), JSON.parse(JSON.stringify(change(await read()))));
    });

  return {
    current: async () => (await read()).current,
    list: async () => Object.entries((await read()).profiles).map(([name, profile]) => ({ ...profile, name })),
    async get(name) {
      const { profiles } = await read();
      const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
      return profile && { ...profile, name };
    },
    change: (name, change) =>
      write(({ current, profiles }) => {
        const { [name]: before, ...others } = profiles;
        const after = change(before && { ...before, name });
        if (!after) return { current: current === name ? localProfile.name : current, profiles: others };
        const { name: _, ...kept } = after;
        return { current, profiles: { ...profiles, [name]: kept } };
      }),
    use: (name) => write(({ profiles }) => ({ current: name, profiles })),
  };
}
