import { exactJson } from './exact-json.ts';
import { isJsonObject, type JsonObject } from './schema.ts';

/** The largest metadata a session may carry, in bytes of its UTF-8 JSON. @see wire contract, section 2 */
export const metadataMaxBytes = 1024;

/** The size of `metadata` as the service measures it: bytes of its UTF-8 JSON. */
export function metadataBytes(metadata: JsonObject): number {
  return new TextEncoder().encode(exactJson(metadata)).length;
}

/** Keys that would reach an object's prototype. The service refuses them at any depth. */
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** The first refused key in `metadata`, at any depth, or undefined. */
export function refusedMetadataKey(metadata: unknown): string | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  for (const [key, value] of Object.entries(metadata)) {
    if (!Array.isArray(metadata) && refusedKeys.has(key)) return key;
    const inner = refusedMetadataKey(value);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The top-level keys whose values are objects or arrays: edition `ea` accepts neither. */
export function nestedMetadataKeys(metadata: JsonObject): string[] {
  return Object.keys(metadata).filter((key) => isJsonObject(metadata[key]) || Array.isArray(metadata[key]));
}

/**
 * A session's metadata after an update: top-level keys of `change` replace those of `current`, whole,
 * and `null` removes a key. Assumed: no source gives the depth of the merge or the meaning of null.
 */
export function mergeMetadata(current: JsonObject, change: JsonObject): JsonObject {
  const merged = { ...current, ...change };
  for (const [key, value] of Object.entries(merged)) {
    if (value === null) delete merged[key];
  }
  return merged;
}
