import { createHash } from 'node:crypto';
import type Database from 'libsql';
import type { JsonObject } from '../../wire/schema.ts';
import { Documents } from './documents.ts';
import { StateFileError } from './state-file-error.ts';
import type { Kind } from './store.ts';

/** All documents of a state file, and a digest of each as it is written there. */
export interface Contents {
  readonly documents: Documents;
  readonly digests: ReadonlyMap<string, bigint>;
}

export const nothing: Contents = { documents: new Documents(), digests: new Map() };

/**
 * Reads all documents. Those that are written as they were before stay the same objects. Texts are read as bytes: of one
 * that is no UTF-8 SQLite would not complain, and its binding for Node ends the process.
 * @throws {StateFileError} `corrupt` when a document is no JSON object in UTF-8
 */
export function readContents(database: Database.Database, before: Contents = nothing): Contents {
  const documents = new Documents();
  const digests = new Map<string, bigint>();
  for (const row of database.prepare(allRows).all() as Record<'kind' | 'id' | 'body', ArrayBuffer>[]) {
    const [kind, id, body] = [textOf(row.kind) as Kind, textOf(row.id), textOf(row.body)];
    const [key, digest] = [keyOf(kind, id), digestOf(kind, id, body)];
    const known = before.digests.get(key) === digest ? before.documents.get(kind, id) : undefined;
    documents.put(kind, id, known ?? objectIn(body));
    digests.set(key, digest);
  }
  return { documents, digests };
}

const allRows = `SELECT CAST(kind AS BLOB) AS kind, CAST(id AS BLOB) AS id, CAST(body AS BLOB) AS body
  FROM document ORDER BY rowid`;

export function keyOf(kind: Kind, id: string): string {
  return `${kind}\u0000${id}`;
}

/** 64 bits of SHA-256: what tells damage, and is no protection from anybody who means it. */
export function digestOf(kind: Kind, id: string, body: string): bigint {
  return createHash('sha256')
    .update(`${keyOf(kind, id)}\u0000${body}`)
    .digest()
    .readBigUInt64BE();
}

/** The digest of the whole state, 16 hexadecimal digits: the same in whatever order its documents are taken. */
export function wholeDigest(digests: ReadonlyMap<string, bigint>): string {
  let whole = 0n;
  for (const digest of digests.values()) whole ^= digest;
  return whole.toString(16).padStart(16, '0');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textOf(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new StateFileError('corrupt', error);
  }
}

function objectIn(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch (error) {
    throw new StateFileError('corrupt', error);
  }
  throw new StateFileError('corrupt');
}
