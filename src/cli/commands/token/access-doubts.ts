import { type DecodedToken, inspectToken } from '../../../domain/token/decode.ts';
import type { KeyRing } from '../../../domain/token/key-source.ts';
import { asAsked } from '../../../domain/token/received-token.ts';
import { AnonError } from '../../../errors.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';

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
  if (doubts.length > 0) tell({ warn }, `The access token is not as asked for: it ${sentence(doubts)}.`, strict);
}

/** The same for many, of which the first that is not as asked for stands for the others. */
export interface DoubtCounter {
  look(accessToken: string): Promise<void>;
  /** @throws {AnonError} `token_unacceptable` with `strict` */
  tell(): void;
}

export function doubtCounter({ warn, clock }: Pick<Context, 'warn' | 'clock'>, asked: Asked): DoubtCounter {
  const keys: KeyRing = { signatureKeys: async () => [], sealKeys: async () => [] };
  const seen = { all: 0, doubtful: 0, first: '', untold: '' };
  return {
    async look(accessToken) {
      const { doubts, untold } = asAsked(await inspectToken({ clock, keys }, accessToken), asked);
      seen.all += 1;
      seen.untold ||= untold ?? '';
      if (doubts.length === 0) return;
      seen.doubtful += 1;
      seen.first ||= sentence(doubts);
    },
    tell() {
      const { all, doubtful, first, untold } = seen;
      if (asked.strict && untold !== '')
        warn(`Nobody can tell whether all access tokens are as asked for: of one, ${untold}.`);
      if (doubtful === 0) return;
      const which =
        doubtful === all ? `None of the ${all} access tokens is` : `${doubtful} of ${all} access tokens are not`;
      tell({ warn }, `${which} as asked for: the first ${first}.`, asked.strict);
    },
  };
}

function sentence(doubts: readonly string[]): string {
  return doubts.map(printable).join('; it ');
}

function tell({ warn }: Pick<Context, 'warn'>, message: string, strict: boolean | undefined): void {
  if (strict) {
    throw new AnonError('token_unacceptable', message, {
      hint: 'It was shown all the same. A script must not go on with it.',
    });
  }
  warn(message);
}
