import { parseSessionLifetime } from '../../../domain/lifetime.ts';
import { AnonError } from '../../../errors.ts';
import { type ClientType, clientTypes } from '../../../wire/client.ts';
import { type SessionTokenFormat, sessionTokenFormats } from '../../../wire/edition/edition.ts';
import { flagFor } from '../../input/equivalent-command.ts';
import { readTokenInput, strictText, type TokenInput } from '../../input/token-request.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { formatWord, knownWord, scopeList, typeWord } from '../../options/parse.ts';
import { writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export const setupOptions = {
  '--app <app>': 'the application that guests use: name or client id',
  '--create-app <name>': 'create the application, unless it exists',
  '--type <type>': { description: `type of a new application: ${clientTypes.join(', ')}`, values: clientTypes },
  '--origin <origin>': {
    description: "allow pages on this origin, repeatable: http://localhost:3000 ('' for none)",
    repeatable: true,
  },
  '--api <api>': 'the API that guests call: name, audience or id',
  '--create-api <name>': 'create the API, unless its audience exists',
  '--audience <uri>': "audience of a new API; can't be changed later",
  '--scopes <list>': {
    description: 'scopes for guests, joined by commas; a new API defines them',
    values: { live: 'scope', list: true },
  },
  '--lifetime <duration>': 'session lifetime: 30d, 12h, 3600 (default: unchanged)',
  '--token-format <format>': {
    description: 'format of session tokens: jwe or jwt (default: unchanged)',
    values: sessionTokenFormats,
  },
  '--oidc-conformant': 'make the application OIDC-conformant, which edition ea requires',
  '--meta <key=value>': { description: 'metadata of the first session, repeatable', repeatable: true },
  '--client-secret <->': "the client secret: '-' for stdin, '@<file>' for a file",
  '--no-session': "don't create a session",
  '--strict': strictText,
  ...writeOptions,
} as const;

export type SetupOptions = GlobalOptions & OptionValues<typeof setupOptions>;

/** The parsed values of the options; undefined for those that were not given. */
export interface SetupInput extends Pick<TokenInput, 'metadata' | 'clientSecret'> {
  readonly type: ClientType | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly lifetimeSeconds: number | undefined;
  readonly tokenFormat: SessionTokenFormat | undefined;
}

/** Parses the options, before the first request. @throws {AnonError} `usage` */
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
  throw new AnonError('usage', `${flagFor(one)} and ${flagFor(other)} can't be combined.`);
}

function onlyWith(options: SetupOptions, one: Flag, other: Flag): void {
  if (options[one] === undefined || options[other] !== undefined) return;
  throw new AnonError('usage', `${flagFor(one)} needs ${flagFor(other)}.`);
}

function notWithoutSession(options: SetupOptions): void {
  const flag = (['meta', 'clientSecret'] as const).find((name) => options[name] !== undefined);
  if (flag) {
    throw new AnonError('usage', `${flagFor(flag)} and --no-session can't be combined.`);
  }
}
