import { metadataBytes, metadataMaxBytes } from '../../../wire/metadata.ts';
import { isJsonObject, type JsonObject } from '../../../wire/schema.ts';
import type { Paint } from '../../render/paint.ts';
import { rows } from '../../render/rows.ts';
import type { InspectedTokens } from './guest-tokens.ts';

/**
 * The bytes that the session's metadata takes, as the service counts: what its token says, else `all`
 * where that is known otherwise. Undefined where there is none, or nobody can tell.
 */
export function metadataSize({ session }: InspectedTokens, all?: JsonObject): number | undefined {
  const metadata = session?.claims?.metadata ?? all;
  return isJsonObject(metadata) && Object.keys(metadata).length > 0 ? metadataBytes(metadata) : undefined;
}

/** `metadata  312 of 1024 bytes`; nothing where there is none. */
export function renderMetadataSize(paint: Paint, bytes: number | undefined): string {
  if (bytes === undefined) return '';
  const text = `${bytes} of ${metadataMaxBytes} bytes`;
  return rows(paint, [['metadata', bytes > metadataMaxBytes * 0.9 ? paint.yellow(text) : text]]);
}

export function metadataSizeData(bytes: number | undefined): JsonObject {
  return bytes === undefined ? {} : { metadata_bytes: bytes, metadata_max_bytes: metadataMaxBytes };
}
