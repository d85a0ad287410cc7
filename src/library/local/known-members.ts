import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';

/** A program without types may misspell a member, which would then silently not count. @throws {AnonError} `usage` */
export function refuseUnknown(what: string, given: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known);
  const similar = mostSimilar(unknown, names);
  throw new AnonError('usage', `${what} does not take '${unknown.slice(0, 40)}'.`, {
    hint: similar ? `Did you mean ${similar}?` : `It takes ${names.join(', ')}.`,
  });
}
