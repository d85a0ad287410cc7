import { parseSessionLifetime } from '../../../domain/duration.ts';
import { AnonError } from '../../../errors.ts';
import { type ClientType, clientTypes } from '../../../wire/client.ts';
import { type SessionTokenFormat, sessionTokenFormats } from '../../../wire/edition/edition.ts';
import { formatWord, knownWord, scopeList, typeWord } from '../../options/parse.ts';
import type { WriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { readTokenInput, type TokenInput } from '../token/options.ts';

export interface SetupOptions extends WriteOptions {
  readonly app?: string;
  readonly createApp?: string;
  readonly type?: string;
  readonly api?: string;
  readonly createApi?: string;
  readonly audience?: string;
  readonly scopes?: string;
  readonly lifetime?: string;
  readonly tokenFormat?: string;
  readonly oidcConformant?: true;
  readonly meta?: string[];
  readonly clientSecret?: string;
  readonly strict?: true;
  /** False with `--no-session`. */
  readonly session: boolean;
}

/** What the options say, understood. Undefined: they say nothing of it. */
export interface SetupInput extends Pick<TokenInput, 'metadata' | 'clientSecret'> {
  readonly type: ClientType | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly lifetimeSeconds: number | undefined;
  readonly tokenFormat: SessionTokenFormat | undefined;
}

/** Reads what can be understood without the tenant: bad input costs no call. @throws {AnonError} `usage` */
export async function readSetupInput(context: Context, options: SetupOptions): Promise<SetupInput> {
  const { type, scopes, lifetime, tokenFormat } = options;
  notTogether(options, 'app', 'createApp');
  notTogether(options, 'api', 'createApi');
  onlyWith(options, 'type', 'createApp');
  onlyWith(options, 'audience', 'createApi');
  if (!options.session) notWithoutSession(options);
  return {
    ...(await readTokenInput(context, options)),
    type: type === undefined ? undefined : knownWord(type, clientTypes, typeWord),
    scopes: scopes === undefined ? undefined : scopeList(scopes),
    lifetimeSeconds: lifetime === undefined ? undefined : parseSessionLifetime(lifetime),
    tokenFormat: tokenFormat === undefined ? undefined : knownWord(tokenFormat, sessionTokenFormats, formatWord),
  };
}

type Flag = keyof SetupOptions;

function notTogether(options: SetupOptions, one: Flag, other: Flag): void {
  if (options[one] === undefined || options[other] === undefined) return;
  throw new AnonError('usage', `${written(one)} and ${written(other)} are one or the other.`);
}

function onlyWith(options: SetupOptions, one: Flag, other: Flag): void {
  if (options[one] === undefined || options[other] !== undefined) return;
  throw new AnonError('usage', `${written(one)} is for something new, and goes with ${written(other)}.`);
}

function notWithoutSession(options: SetupOptions): void {
  const stray = (['meta', 'clientSecret'] as const).find((flag) => options[flag] !== undefined);
  if (stray) throw new AnonError('usage', `${written(stray)} is for a session, and there is none with --no-session.`);
}

function written(flag: Flag): string {
  return `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
