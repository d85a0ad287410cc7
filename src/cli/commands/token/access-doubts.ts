import { asAsked } from '../../../domain/token/as-asked.ts';
import type { DecodedToken } from '../../../domain/token/decode.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { printable } from '../../render/printable.ts';

/** What was asked for. */
interface Asked {
  readonly issuer: string;
  readonly audience: string;
  readonly strict: boolean | undefined;
}

/**
 * Warns of an access token that is not signed, of another issuer or for another API, once it is saved and shown.
 * @throws {AnonError} `token_unacceptable` with `strict`
 */
export function tellDoubts({ warn }: Pick<Context, 'warn'>, access: DecodedToken, { strict, ...asked }: Asked): void {
  const { doubts, untold } = asAsked(access, asked);
  if (strict && untold !== undefined) warn(`Nobody can tell whether the access token is as asked for: ${untold}.`);
  if (doubts.length === 0) return;
  const message = `The access token is not as asked for: it ${doubts.map(printable).join('; it ')}.`;
  if (strict)
    throw new AnonError('token_unacceptable', message, {
      hint: 'It was shown all the same. A script must not go on with it.',
    });
  warn(message);
}
