import { readMetadata } from '../../../domain/session/metadata/metadata.ts';
import type { RequestOptions } from '../../../domain/session/token-request.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { AnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { readAppSecret } from '../../input/secret.ts';
import { emptyInput, isBlank, readStdinOrFile } from '../../input/stdin-or-file.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { scopeList, scopeText } from '../../options/parse.ts';
import type { Context } from '../../world/context.ts';
import { checkSensitive, metaReadsStdin, readMetaValues } from './metadata-input.ts';

/** For commands that send the client secret. */
export const secretOption = {
  '--client-secret <->': "the client secret: '-' for stdin, '@<file>' for a file",
} as const;

/** For commands that request an access token. The aliases are the names in the service's quickstart. */
export const accessOptions = {
  '--app <app>': { description: 'the application: name or client id', alias: '--client-id <id>' },
  '--api <api>': { description: 'the API: name, audience or id', alias: '--audience <uri>' },
  '--scopes <list>': {
    description: 'scopes to request (default: all that guests may have)',
    values: { live: 'scope', list: true },
    alias: '--scope <list>',
  },
  ...secretOption,
} as const;

/** The effect of `--strict` on commands that send metadata and get an access token. */
export const strictText = 'refuse metadata that looks sensitive; exit with 3 if the access token is not as requested';

/** For commands that request an access token and send metadata. */
export const tokenRequestOptions = {
  ...accessOptions,
  '--metadata <json>': { description: 'metadata as a JSON object', hidden: true },
  '--meta <key=value>': {
    description: 'metadata, repeatable; key:=json for typed values, a.b=x nests; =@file, =-',
    repeatable: true,
  },
  '--meta-file <file>': { description: "metadata from a JSON file, or '-' for stdin", values: { file: true } },
  '--strict': strictText,
} as const;

export type TokenRequestOptions = GlobalOptions & OptionValues<typeof tokenRequestOptions>;

/** Input from files, stdin and the environment, read before the tenant is called: bad input costs no call. */
export interface TokenInput {
  readonly metadata: JsonObject | undefined;
  /** The client secret, if the user gave one. */
  readonly clientSecret: string | undefined;
  /** The session to update, where it is not a saved one. */
  readonly sessionToken: string | undefined;
}

type InputOptions = Pick<TokenRequestOptions, 'meta' | 'metaFile' | 'metadata' | 'strict' | 'clientSecret'> & {
  readonly unset?: string[];
  readonly sessionToken?: string;
};

/** @throws {AnonError} `usage` */
export async function readTokenInput(context: Context, options: InputOptions): Promise<TokenInput> {
  const { meta = [], metaFile, metadata: json, unset = [], sessionToken } = options;
  if (json !== undefined && metaFile !== undefined) {
    throw new AnonError('usage', "--metadata and --meta-file can't be combined: both give the whole metadata.");
  }
  checkStdin({
    '--meta': metaReadsStdin(meta) ? '-' : undefined,
    '--meta-file': metaFile,
    '--client-secret': options.clientSecret,
    '--session-token': sessionToken,
  });
  const file = await readMetadataFile(context, metaFile);
  const metadata = readMetadata({ assignments: await readMetaValues(context, meta), file, json, unset });
  await checkSensitive(context, metadata, options.strict);
  return {
    metadata,
    clientSecret: await readAppSecret(context, options),
    sessionToken: await readSessionToken(context, sessionToken),
  };
}

/** The input of a command that requests scopes. @throws {AnonError} `usage` */
export function readRequestInput(
  context: Context,
  options: InputOptions & Pick<TokenRequestOptions, 'scopes'>,
): Promise<TokenInput> {
  warnOfAnonScope(context, options.scopes);
  return readTokenInput(context, options);
}

/** The token request that the options describe. */
export function requestOptions(
  { app, api, scopes }: Pick<TokenRequestOptions, 'scopes'> & { app?: string | undefined; api?: string | undefined },
  { metadata, clientSecret }: TokenInput,
): RequestOptions {
  return { app, api, scope: scopeText(scopes), metadata, clientSecret };
}

/** @throws {AnonError} `usage` */
async function readMetadataFile({ terminal, readFile }: Context, path: string | undefined) {
  if (path === undefined) return undefined;
  const text = path === '-' ? await terminal.readStdin() : await readFile(path);
  if (!isBlank(text)) return text;
  throw new AnonError('usage', `${path === '-' ? 'stdin' : path} is empty: --meta-file needs a JSON object.`, {
    hint: 'For no metadata, write {}',
  });
}

/** A session token as itself, which warns, from stdin (`-`) or from a file (`@path`). @throws {AnonError} `token_unacceptable` */
async function readSessionToken(context: Context, value: string | undefined): Promise<string | undefined> {
  if (value === undefined) return undefined;
  const given = await readStdinOrFile(context, value);
  const { text, source } = given ?? { text: value, source: '--session-token' };
  if (isBlank(text)) throw emptyInput(source);
  if (!given) {
    context.warn(
      'Other users of this machine can read a token on the command line, and the shell saves it in its history: ' +
        "use '--session-token -' for stdin, or '--session-token @<file>'.",
    );
  }
  return text.trim();
}

/** The scope `anon` is in the service's quickstart, and grants nothing. @see wire-contract, section 3 */
function warnOfAnonScope({ warn }: Context, text: string | undefined): void {
  if (text === undefined || !scopeList(text).includes('anon')) return;
  const others = scopeList(text).filter((scope) => scope !== 'anon');
  const advice =
    others.length === 0
      ? 'Leave --scopes out to request all that guests may have.'
      : `Leave it out: --scopes ${others.map(shellWord).join(',')}`;
  warn(`The scope anon grants nothing. ${advice}`);
}

function checkStdin(options: Record<string, string | undefined>): void {
  const readers = Object.keys(options).filter((flag) => options[flag] === '-');
  if (readers.length > 1) throw new AnonError('usage', `Only one option can read stdin, not ${readers.join(' and ')}.`);
}
