import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ConfigRecords, TenantRecord } from '../../domain/config/record.ts';
import { AnonError } from '../../errors.ts';
import { objectChange, objectSettings } from '../../wire/config-plan.ts';
import { exists } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';

const content = v.strictObject({
  issuer: v.string(),
  left: v.optional(
    v.strictObject({ atMs: v.number(), objects: v.array(objectSettings), incomplete: v.optional(v.literal(true)) }),
  ),
  entries: v.array(
    v.strictObject({
      id: v.number(),
      atMs: v.number(),
      undoes: v.optional(v.number()),
      undone: v.optional(v.boolean()),
      unfinished: v.optional(v.boolean()),
      steps: v.array(objectChange),
    }),
  ),
});

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly readOnly?: boolean | undefined;
}

/** The records of configuration changes in `config` of the data folder: a file per tenant, for this user alone. */
export function configRecords({ folders, ...ports }: Ports): ConfigRecords {
  const file = (issuer: string): JsonFile<v.InferOutput<typeof content>> => ({
    ...ports,
    path: join(folders.data, 'config', `${createHash('sha256').update(issuer).digest('hex')}.json`),
    schema: content,
  });
  return {
    async read(issuer): Promise<TenantRecord> {
      const one = file(issuer);
      const saved = exists(one.path) ? (await import('../files/json-file.ts')).readJsonFile(one) : undefined;
      if (saved && saved.issuer !== issuer) {
        throw new AnonError('state_unusable', `${one.path} is for another tenant than ${issuer}.`);
      }
      return { left: saved?.left, entries: saved?.entries ?? [] };
    },
    async write(issuer, { left, entries }) {
      if (ports.readOnly) return;
      const { writeJsonFile } = await import('../files/json-file.ts');
      writeJsonFile(file(issuer), {
        issuer,
        ...(left && { left: { ...left, objects: [...left.objects] as never } }),
        entries: [...entries] as never,
      });
    },
  };
}
