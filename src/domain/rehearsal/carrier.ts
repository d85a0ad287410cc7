import { AnonError } from '../../errors.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { noTickets } from '../session/edition-limits.ts';

/** How a guest's session gets into a login. @see wire contract, section 5 */
export const carriers = ['ticket', 'query', 'header', 'cookie'] as const;
export type Carrier = (typeof carriers)[number];

/** @throws {AnonError} `usage` */
export function parseCarrier(text: string): Carrier {
  const carrier = carriers.find((one) => one === text);
  if (carrier) return carrier;
  throw new AnonError('usage', `--via can't be '${text.slice(0, 40)}'.`, {
    hint: `Choose one of: ${carriers.join(', ')}`,
  });
}

/** The given carrier, or the edition's own. @throws {AnonError} `edition_unsupported` */
export function carrierIn(edition: Edition, given: Carrier | undefined): Carrier {
  const carrier = given ?? (edition.mintsTransferTickets ? 'ticket' : 'query');
  if (carrier !== 'ticket' || edition.mintsTransferTickets) return carrier;
  const { message } = noTickets(edition.name);
  throw new AnonError('edition_unsupported', message, { hint: 'Choose another way: --via query, header or cookie' });
}
