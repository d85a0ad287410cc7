import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { WrittenConfig } from '../../domain/config/config.ts';
import type { Policy } from '../../domain/config/policy.ts';
import type { ConfigPorts, ConfigSources } from '../../domain/config/read-config.ts';
import type { CheckedConfig } from '../../domain/config/written.ts';
import { DocumentError, hasErrors, type Problem, placeText } from '../../domain/document/problem.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import type { OptionValues } from '../options/definition.ts';
import type { Context } from '../world/context.ts';

/** The options of every command that reads a configuration. */
export const configOptions = {
  '-f, --file <file>': {
    description: 'the configuration, repeatable: each changes those before it (default: anon.yaml)',
    repeatable: true,
    values: { file: true },
  },
  '--set <setting>': { description: 'change one value: tenant.lifetime=7d; repeatable', repeatable: true },
  '--policy <file>': {
    description: 'a file with policies, repeatable (default: anon.policy.yaml, where there is one)',
    repeatable: true,
    values: { file: true },
  },
} as const;

export type ConfigOptions = OptionValues<typeof configOptions>;

/** The files that are used where none is given. */
const defaultFiles = ['anon.yaml', 'anon.yml', 'anon.json'];
const defaultPolicyFile = 'anon.policy.yaml';

/** A checked configuration, and the files that were read. */
export interface ReadConfig extends CheckedConfig {
  readonly files: readonly string[];
}

/** Reads and checks the configuration of a command line. @throws {AnonError} `usage` for a file that cannot be read */
export async function readConfigFiles(context: Context, options: ConfigOptions): Promise<ReadConfig> {
  const { readConfig } = await import('../../domain/config/read-config.ts');
  const reader = fileReader(context);
  const files = options.file ?? [await defaultFile(reader)];
  const policyFiles = options.policy ?? (await defaultPolicies(reader));
  const sources: ConfigSources = {
    files: files as [string, ...string[]],
    settings: options.set ?? [],
    policyFiles,
  };
  const checked = await readConfig(sources, portsOf(context, reader));
  return { ...checked, files: [...files, ...policyFiles].map(nameOf) };
}

/**
 * The configuration of a command line; warnings go to stderr.
 * @throws {DocumentError} with every problem
 */
export async function requireConfig(context: Context, options: ConfigOptions): Promise<WrittenConfig> {
  const { written, problems } = await readConfigFiles(context, options);
  if (!written || hasErrors(problems)) throw new DocumentError(problems);
  for (const problem of problems) context.warn(warningText(problem));
  return written;
}

/** The policies in files. @throws {DocumentError} with every problem */
export async function requirePolicies(context: Context, files: readonly string[]): Promise<readonly Policy[]> {
  const { readPolicies } = await import('../../domain/config/read-config.ts');
  const { policies, problems } = await readPolicies(files, portsOf(context, fileReader(context)));
  if (hasErrors(problems)) throw new DocumentError(problems);
  return policies;
}

/** A problem as a line of prose. */
export function warningText({ message, hint, ...place }: Problem): string {
  return `${placeText(place)}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
}

type FileReader = (file: string) => Promise<string>;

/** Reads each file once: stdin and pipes have their text only once. */
function fileReader({ terminal, readFile }: Context): FileReader {
  const texts = new Map<string, Promise<string>>();
  return (file) => {
    const text = texts.get(file) ?? (file === '-' ? terminal.readStdin() : readFile(file));
    texts.set(file, text);
    return text;
  };
}

async function defaultFile(reader: FileReader): Promise<string> {
  for (const file of defaultFiles) if (await exists(reader, file)) return file;
  throw new AnonError('usage', `This folder has no ${defaultFiles[0]}.`, {
    hint: 'Name one with --file, or create it: anon-cli config init',
  });
}

async function defaultPolicies(reader: FileReader): Promise<string[]> {
  return (await exists(reader, defaultPolicyFile)) ? [defaultPolicyFile] : [];
}

async function exists(reader: FileReader, file: string): Promise<boolean> {
  try {
    await reader(file);
    return true;
  } catch (error) {
    const { code } = ((isAnonError(error) && error.cause) || {}) as { code?: string };
    if (code === 'ENOENT') return false;
    throw error;
  }
}

function portsOf({ env }: Context, readText: FileReader): ConfigPorts {
  return {
    readText,
    locate(file, from) {
      const path = from === undefined || isAbsolute(file) ? file : join(from === 'stdin' ? '.' : dirname(from), file);
      return { name: nameOf(path), id: path === '-' ? path : resolve(path) };
    },
    variables: (name) => env[name],
  };
}

function nameOf(file: string): string {
  return file === '-' ? 'stdin' : file;
}
