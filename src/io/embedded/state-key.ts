import { createHash } from 'node:crypto';
import type { PostgresAddress } from '../../domain/profile/database-address.ts';

/** A name for a database that may be part of a file's name, the same however it is connected to. */
export function databaseKey({ host, port, database }: PostgresAddress): string {
  return hashOf(`${host}:${port}/${database}`);
}

/** The same for a state in the memory of another process. */
export function servedKey(url: string): string {
  return hashOf(url);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
