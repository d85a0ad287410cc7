import type { Command } from 'commander';
import { AnonError } from '../../errors.ts';
import { type EditionName, editionNames } from '../../wire/edition/edition.ts';
import type { Values } from './definition.ts';

/** The values of `--format`. */
export const outputFormats = [
  ...(['human', 'json', 'ndjson', 'env', 'dotenv', 'github', 'header', 'curl', 'markdown'] as const),
] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** The options of every command; they may also precede its name. */
export interface GlobalOptions {
  readonly json?: true;
  /** The values to print, in this order. */
  readonly field?: readonly string[];
  readonly format?: string;
  readonly profile?: string;
  readonly edition?: string;
  readonly caFile?: string;
  readonly maxWait?: string;
  readonly timeout?: string;
  readonly debug?: true;
  readonly noInput?: true;
}

interface GlobalOption {
  readonly flags: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly repeatable?: true;
  readonly values?: Values;
}

export const globalOptions: readonly GlobalOption[] = [
  { flags: '--json', description: 'print everything as JSON; errors too, on stderr', takesValue: false },
  {
    ...{ flags: '--field <name>', description: 'print only this JSON field, repeatable: name, a.b, list.*.name' },
    ...{ takesValue: true, repeatable: true },
  },
  {
    ...{ flags: '--format <name>', description: 'print as env, dotenv, github, header, curl, ndjson or markdown' },
    ...{ takesValue: true, values: { words: outputFormats } },
  },
  {
    ...{ flags: '--profile <name>', description: 'use this profile, not the current one' },
    ...{ takesValue: true, values: { live: 'profile' } },
  },
  {
    ...{ flags: '--edition <name>', description: `use this edition: ${editionNames.join(' or ')}` },
    ...{ takesValue: true, values: { words: editionNames } },
  },
  {
    ...{ flags: '--ca-file <file>', description: 'also trust the certificates in this PEM file' },
    ...{ takesValue: true, values: { file: true } },
  },
  {
    ...{ flags: '--max-wait <duration>', description: 'longest time to wait when rate limited (default: 60s)' },
    ...{ takesValue: true },
  },
  {
    ...{ flags: '--timeout <duration>', description: 'longest time to wait for an answer (default: 30s)' },
    ...{ takesValue: true },
  },
  { flags: '--no-input', description: 'never ask; a missing option is an error', takesValue: false },
  { flags: '--debug', description: 'show every request on stderr, without secrets', takesValue: false },
];

export function addGlobalOptions(command: Command): Command {
  for (const { flags, description, repeatable } of globalOptions) {
    const option = command.createOption(flags, description);
    // Otherwise commander takes --no-input for the negation of an option --input that is on by default.
    option.negate = false;
    if (repeatable) option.argParser(collect);
    command.addOption(option);
  }
  return command;
}

/** Collects the values of a repeatable option. No default, so that help does not print an empty list. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The global flags that take a value: `--field`. */
export const valueFlags: ReadonlySet<string> = new Set(
  globalOptions.filter(({ takesValue }) => takesValue).map(({ flags }) => flags.split(' ')[0] ?? ''),
);

/** @throws {AnonError} `usage` */
export function editionOption({ edition }: GlobalOptions): EditionName | undefined {
  if (edition === undefined) return undefined;
  const name = editionNames.find((candidate) => candidate === edition);
  if (name) return name;
  throw new AnonError('usage', `Unknown edition '${edition.slice(0, 40)}'.`, {
    hint: `Choose ${editionNames.join(' or ')}.`,
  });
}
