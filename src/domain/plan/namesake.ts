import { isAnonError, withHint } from '../../errors.ts';

/** A list of what there is could not be had, and something new is to be made: that goes without looking, too. */
export function cannotLook(error: unknown): never {
  if (!isAnonError(error) || error.code !== 'not_authorised') throw error;
  const after = error.hint ? ` Otherwise: ${error.hint}` : '';
  throw withHint(error, `To create it without looking for another of that name, add --allow-duplicate.${after}`);
}
