import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../wire/schema.ts';
import { StateFileError } from './state-file-error.ts';

/**
 * 64 bits of SHA-256 over the parts of a row, as 16 hexadecimal digits: detects damage, but does not protect against
 * deliberate changes.
 */
export function digestOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 16);
}

/** Adds a row's digest to that of a whole, or takes it out again. The order does not matter. */
export function combined(...digests: readonly string[]): string {
  let whole = 0n;
  for (const digest of digests) whole ^= BigInt(`0x${digest}`);
  return whole.toString(16).padStart(16, '0');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a column, which was read as bytes: SQLite accepts invalid UTF-8, and its Node.js binding crashes on it.
 * @throws {StateFileError} `corrupt`
 */
export function textOf(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new StateFileError('corrupt', error);
  }
}

/** @throws {StateFileError} `corrupt` when it is not a JSON object */
export function parseDocument(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch (error) {
    throw new StateFileError('corrupt', error);
  }
  throw new StateFileError('corrupt');
}
