import { type Command, Option } from 'commander';
import type { RequestingApp } from '../../../domain/app/find.ts';
import { readMetadata } from '../../../domain/session/metadata.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { AnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { readAppSecret } from '../../input/secret.ts';
import { emptyInput, isBlank, readStdinOrFile } from '../../input/stdin-or-file.ts';
import { collect, type GlobalOptions } from '../../options/global.ts';
import { scopeList } from '../../options/scopes.ts';
import type { Context } from '../../world/context.ts';
import { metaReadsStdin, readMetaValues } from './meta-values.ts';
import { checkSensitive } from './sensitive-metadata.ts';

/** What `token create` and `token update` both take. */
export interface TokenRequestOptions extends GlobalOptions {
  readonly app?: string;
  readonly api?: string;
  readonly scope?: string;
  readonly meta?: string[];
  readonly metaFile?: string;
  /** A JSON object, as the service's quickstart writes it. */
  readonly metadata?: string;
  readonly strict?: true;
  readonly clientSecret?: string;
}

/** The names that the service's own quickstart has for options of ours. */
const otherNames = { clientId: 'app', audience: 'api' } as const;

/** What `--strict` does where both metadata goes out and an access token comes in. */
export const strictText = 'refuse metadata that looks secret; end with 3 for an access token that is not as asked';

export function addTokenRequestOptions(command: Command): Command {
  return addAccessOptions(command)
    .addOption(new Option('--metadata <json>').hideHelp())
    .option('--meta <key=value>', 'metadata, repeatable; key:=json for typed values, a.b=x nests; =@file, =-', collect)
    .option('--meta-file <file>', "metadata from a JSON file, or '-' for stdin")
    .option('--strict', strictText);
}

/** What every request for an access token takes. */
export function addAccessOptions(command: Command): Command {
  return withOtherNames(command)
    .option('--app <app>', 'the application: name or client id')
    .option('--api <api>', 'the API: name, audience or id')
    .option('--scope <list>', 'scopes to ask for; left out: all that guests may have')
    .option('--client-secret <->', "'-' reads the application's secret from stdin, '@<file>' from a file");
}

/** Takes `--client-id` for `--app` and `--audience` for `--api`. @throws {AnonError} `usage` where both are given */
function withOtherNames(command: Command): Command {
  command.addOption(new Option('--client-id <id>').hideHelp());
  command.addOption(new Option('--audience <uri>').hideHelp());
  return command.hook('preAction', () => {
    for (const [other, name] of Object.entries(otherNames)) {
      const value: unknown = command.getOptionValue(other);
      if (value === undefined) continue;
      const flag = `--${other === 'clientId' ? 'client-id' : other}`;
      if (command.getOptionValue(name) !== undefined) {
        throw new AnonError('usage', `--${name} and ${flag} name the same thing: give one.`);
      }
      command.setOptionValue(name, value);
      command.setOptionValue(other, undefined);
    }
  });
}

/** What comes from files, stdin and the environment, read before the tenant is called: bad input costs no call. */
export interface TokenInput {
  readonly metadata: JsonObject | undefined;
  /** The application's secret, where the user gave one. */
  readonly clientSecret: string | undefined;
  /** The session to update, where it is not the remembered one. */
  readonly sessionToken: string | undefined;
}

/** @throws {AnonError} `usage` */
export async function readTokenInput(
  context: Context,
  options: TokenRequestOptions & { unset?: string[]; sessionToken?: string },
): Promise<TokenInput> {
  const { meta = [], metaFile, metadata: json, unset = [], sessionToken } = options;
  if (json !== undefined && metaFile !== undefined) {
    throw new AnonError('usage', '--metadata and --meta-file both give the whole metadata: give one.');
  }
  warnOfScope(context, options.scope);
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

/** @throws {AnonError} `usage` */
async function readMetadataFile({ terminal, readFile }: Context, path: string | undefined) {
  if (path === undefined) return undefined;
  const text = path === '-' ? await terminal.readStdin() : await readFile(path);
  if (!isBlank(text)) return text;
  throw new AnonError('usage', `${path === '-' ? 'stdin' : path} is empty: it holds no value for --meta-file.`, {
    hint: 'It takes a JSON object: {} for no metadata.',
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
      "Other users of this machine can read a token on the command line, and the shell's history keeps it: " +
        "pipe it in with '--session-token -', or give '--session-token @<file>'.",
    );
  }
  return text.trim();
}

/** `anon` stands in the service's quickstart, and asks for nothing. @see wire-contract, section 3 */
function warnOfScope({ warn }: Context, text: string | undefined): void {
  if (text === undefined || !scopeList(text).includes('anon')) return;
  const others = scopeList(text).filter((scope) => scope !== 'anon');
  const left =
    others.length === 0
      ? 'Leave --scope out to ask for all that guests may have.'
      : `Ask for the others alone: --scope ${others.map(shellWord).join(',')}`;
  warn(`The scope anon grants nothing. ${left}`);
}

function checkStdin(options: Record<string, string | undefined>): void {
  const readers = Object.keys(options).filter((flag) => options[flag] === '-');
  if (readers.length > 1) throw new AnonError('usage', `Only one option can read stdin, not ${readers.join(' and ')}.`);
}

/** The application with the secret that the user gave, which wins over the one that the tenant shows. */
export function withSecret(app: RequestingApp, clientSecret: string | undefined): RequestingApp {
  return app.authMethod === 'none' ? app : { ...app, clientSecret: clientSecret ?? app.clientSecret };
}
