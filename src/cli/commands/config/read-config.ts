import type { WrittenConfig } from '../../../domain/config/config.ts';
import { configIn } from '../../../domain/config/written.ts';
import { DocumentError, hasErrors } from '../../../domain/document/problem.ts';
import { readDocument } from '../../../domain/document/read.ts';
import { AnonError, isAnonError } from '../../../errors.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { Context } from '../../world/context.ts';

/** The options of every command that reads a configuration. */
export const configFileOptions = {
  '-f, --file <file>': {
    description: 'the configuration file (default: anon.yaml, anon.yml or anon.json)',
    values: { file: true },
  },
} as const;

export type ConfigFileOptions = OptionValues<typeof configFileOptions>;

const defaultNames = ['anon.yaml', 'anon.yml', 'anon.json'] as const;

/**
 * Reads the configuration that the options name.
 * @throws {DocumentError} every problem in it; {AnonError} `usage` when it cannot be read
 */
export async function readConfig(context: Context, { file }: ConfigFileOptions): Promise<WrittenConfig> {
  const { name, text } =
    file === undefined ? await defaultFile(context) : { name: file, text: await context.readFile(file) };
  const read = readDocument({ name, text, variables: (variable) => context.env[variable as keyof Context['env']] });
  const checked = read.document ? configIn(read.document) : { problems: [] };
  const problems = [...read.problems, ...checked.problems];
  if (!checked.written || hasErrors(problems)) throw new DocumentError(problems);
  for (const { file: where, line, column, message } of problems) context.warn(`${where}:${line}:${column}: ${message}`);
  return checked.written;
}

async function defaultFile(context: Context): Promise<{ name: string; text: string }> {
  for (const name of defaultNames) {
    try {
      return { name, text: await context.readFile(name) };
    } catch (error) {
      if (!isAnonError(error) || !isMissing(error.cause)) throw error;
    }
  }
  throw new AnonError('usage', 'No configuration file here: anon.yaml not found.', {
    hint: 'Name it with -f <file>.',
  });
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
