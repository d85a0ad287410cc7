import { createHmac, type KeyObject } from 'node:crypto';
import { sameSecret } from '../clients/authentication.ts';
import type { Moment } from '../scope.ts';
import { sessionKeys } from '../tokens/keys.ts';

/** A refresh token's place in its family: each rotation has the next number. */
export interface RefreshToken {
  /** The id of the family, which is one document. */
  readonly id: string;
  readonly counter: number;
}

/**
 * The text of a refresh token. Its last part proves that this tenant issued it, so that an earlier token of a family is
 * recognised without keeping any of them. Assumed: the form.
 */
export function writeRefreshToken({ keys }: Moment, { id, counter }: RefreshToken): string {
  const text = `v1.${id}.${counter}`;
  return `${text}.${proof(keys.sessionKey, text)}`;
}

/** Undefined for what this tenant did not issue. */
export function readRefreshToken({ keys }: Moment, token: string): RefreshToken | undefined {
  const [, text = '', id = '', counter, mac] = /^(v1\.([\w-]+)\.(\d{1,15}))\.([\w-]+)$/.exec(token) ?? [];
  const isOurs = sessionKeys(keys).some((key) => sameSecret(mac, proof(key, text)));
  return isOurs ? { id, counter: Number(counter) } : undefined;
}

/** Made with a key of its own, so that it can never be used as anything else that the tenant's key protects. */
function proof(sessionKey: KeyObject, text: string): string {
  const key = createHmac('sha256', sessionKey).update('refresh token').digest();
  return createHmac('sha256', key).update(text).digest('base64url');
}
