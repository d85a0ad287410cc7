import type { Command } from 'commander';
import { readMetadata } from '../../../domain/session/metadata.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { Context } from '../../context.ts';
import type { GlobalOptions } from '../../global-options.ts';

/** What `token create` and `token update` both take. */
export interface TokenRequestOptions extends GlobalOptions {
  readonly app?: string;
  readonly api?: string;
  readonly scope?: string;
  readonly meta?: string[];
  readonly metaFile?: string;
  readonly clientSecret?: string;
}

/** Gathers a repeatable option. Its default is nothing, so that help does not print an empty list. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

export function addTokenRequestOptions(command: Command): Command {
  return command
    .option('--app <app>', 'the application: name or client id')
    .option('--api <api>', 'the API: name, audience or id')
    .option('--scope <list>', 'scopes to ask for; left out: all that guests may have')
    .option('--meta <key=value>', 'metadata, repeatable; key:=json for typed values, a.b=x nests', collect)
    .option('--meta-file <file>', "metadata from a JSON file, or '-' for stdin")
    .option('--client-secret <->', "'-' reads the application's secret from stdin");
}

export async function metadataOption(
  { readFile, terminal }: Context,
  options: { meta?: string[]; metaFile?: string; unset?: string[] },
): Promise<JsonObject | undefined> {
  const { meta = [], metaFile, unset = [] } = options;
  const file = metaFile === '-' ? await terminal.readStdin() : metaFile && (await readFile(metaFile));
  return readMetadata({ assignments: meta, file, unset });
}
