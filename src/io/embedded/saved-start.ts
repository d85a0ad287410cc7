import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { editionNames } from '../../wire/edition/edition.ts';
import { authorityKeyPath, authorityPath, serverPath } from '../certificates/paths.ts';
import { bare, namesIn } from './host-names.ts';
import type { ServeOptions } from './local-server.ts';
import { issuerFor } from './localhost.ts';
import type { LocalPorts } from './ports.ts';

const savedStart = v.object({
  /** Of the caller: what `values` depends on beside the state. */
  key: v.string(),
  /** The state that the rest was read from. */
  state: v.string(),
  issuer: v.string(),
  edition: v.picklist(editionNames),
  predictable: v.boolean(),
  values: v.nullable(
    v.object({
      app: v.object({ clientId: v.string(), name: v.string() }),
      api: v.object({ audience: v.string(), name: v.string() }),
    }),
  ),
  /** Null where none can be served as it is. */
  certificate: v.nullable(
    v.object({ files: v.string(), names: v.array(v.string()), fromMs: v.number(), untilMs: v.number() }),
  ),
});

/**
 * What a server found as it started, or as it ended, saved beside the state. While nothing has changed since, it is what the
 * next start would find: that one listens first, and opens the state and the certificate then.
 */
export type SavedStart = v.InferOutput<typeof savedStart>;

export function savedStartPath(stateFile: string): string {
  return join(dirname(stateFile), 'local-start.json');
}

/** The saved start that this one would only repeat; undefined where it would find something else, or where that is unknown. */
export function startToRepeat(
  ports: LocalPorts,
  options: ServeOptions,
  hosts: readonly string[],
): SavedStart | undefined {
  const { state, certificates, now } = ports;
  const { values, ownCertificate, plainHttp, edition, port = 0 } = options;
  if (!('file' in state) || !values || ownCertificate) return undefined;
  const needed = { folder: certificates.folder, names: hosts.map(bare), now: now() };
  const saved = readSavedStart(state.file, { key: values.key, certificates: plainHttp ? undefined : needed });
  if (!saved || (edition ?? saved.edition) !== saved.edition) return undefined;
  return (issuerFor(ports, options, port) ?? saved.issuer) === saved.issuer ? saved : undefined;
}

/** Undefined where nothing is saved, or something that it depends on has changed. */
export function readSavedStart(
  stateFile: string,
  { key, certificates }: { readonly key: string; readonly certificates: CertificateUse | undefined },
): SavedStart | undefined {
  try {
    const { success, output } = v.safeParse(savedStart, JSON.parse(readFileSync(savedStartPath(stateFile), 'utf8')));
    if (!success || output.key !== key || output.state !== stateId(stateFile)) return undefined;
    return certificates === undefined || isServable(output, certificates) ? output : undefined;
  } catch {
    return undefined;
  }
}

/** Which certificate a server needs. */
export interface CertificateUse {
  /** The folder of the certificates and their keys. */
  readonly folder: string;
  /** Host names and addresses beside the issuer's, without brackets. */
  readonly names: readonly string[];
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

function isServable({ issuer, certificate }: SavedStart, { folder, names, now }: CertificateUse): boolean {
  if (!certificate || certificate.files !== certificateId({ folder })) return false;
  const isCurrent = certificate.fromMs <= now && now < certificate.untilMs;
  const served = [...names, ...namesIn(issuer).map(bare)];
  return isCurrent && served.every((name) => certificate.names.includes(name));
}

/** The offset of SQLite's counter of the changes to a file, and its length. @see https://www.sqlite.org/fileformat2.html */
const counter = { offset: 24, length: 4 };

/**
 * Another text after every change of a state's file; undefined while one is being written, and for a file that cannot be read.
 * The system's times alone may stay the same for a few milliseconds.
 */
export function stateId(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(counter.length);
    readSync(descriptor, bytes, 0, counter.length, counter.offset);
    // Another process rolls back to it, or finishes.
    if (statSync(`${file}-journal`, { throwIfNoEntry: false })) return undefined;
    return `${idOf(fstatSync(descriptor, { bigint: true }))} ${bytes.toString('hex')}`;
  } finally {
    closeSync(descriptor);
  }
}

/** The same for the files of the certificates. */
export function certificateId(ports: { readonly folder: string }): string {
  const paths = [authorityKeyPath(ports), authorityPath(ports), serverPath(ports)];
  return paths.map((path) => idOf(statSync(path, { bigint: true }))).join(' ');
}

function idOf({ ino, size, mtimeNs, ctimeNs }: Record<'ino' | 'size' | 'mtimeNs' | 'ctimeNs', bigint>): string {
  return [ino, size, mtimeNs, ctimeNs].join('-');
}
