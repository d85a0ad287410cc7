import { AnonError } from '../../errors.ts';
import type { EditionName } from '../../wire/edition/edition.ts';

/** Nobody else can say which edition a local tenant speaks: it has one, and has to be started over to speak another. */
export function otherEdition(speaks: EditionName, asked: EditionName | undefined): AnonError | undefined {
  if (asked === undefined || asked === speaks) return undefined;
  return new AnonError('edition_unsupported', `The local tenant speaks edition ${speaks}, not ${asked}.`, {
    hint: `Start it over in edition ${asked}: anon-cli local reset --edition ${asked}`,
  });
}
