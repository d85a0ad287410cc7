import { AnonError } from '../../../errors.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import { check, type JsonObject } from '../../../wire/schema.ts';

/**
 * Checks that an object of the Management API has its settings for guests in values that the edition knows: anything else would
 * be read as the default, and nobody knows what it means.
 * @throws {AnonError} `response_invalid`, which names `subject`
 */
export function checkShown(
  edition: Edition,
  kind: 'tenant' | 'client' | 'resourceServer',
  body: JsonObject,
  subject: string,
): void {
  const holder = kind === 'client' ? 'application' : 'api';
  const isHolder = kind !== 'tenant' && edition.claims.heldBy === holder;
  for (const { shown } of [edition[kind], ...(isHolder ? [edition.claims] : [])]) {
    const checked = check(shown, body);
    if (checked.ok) continue;
    throw new AnonError('response_invalid', `The tenant's answer about ${subject} can't be read: ${checked.problem}.`, {
      hint: `Edition ${edition.name} has no such value. Is there a newer version of anon-cli?`,
    });
  }
}
