import { AnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { Context } from '../../context.ts';

const why = 'Whoever has the session token keeps it, and Actions may log it: keep it at your own, and put an id here.';

/**
 * Warns of what in the metadata looks as if it should not be there; with `--strict` refuses it.
 * @throws {AnonError} `usage`, naming where it is and nothing of it
 */
export async function checkSensitive(
  { warn }: Context,
  metadata: JsonObject | undefined,
  strict: true | undefined,
): Promise<void> {
  if (metadata === undefined) return;
  const { findSensitive } = await import('../../../domain/session/sensitive.ts');
  const found = findSensitive(metadata).map(({ path, kind }) => `'${path}' looks like ${kind}`);
  if (found.length === 0) return;
  const message = `In the metadata ${found.join(', ')}.`;
  if (strict) throw new AnonError('usage', message, { hint: why });
  warn(`${message} ${why}`);
}
