import type { Command } from 'commander';
import { AnonError } from '../../errors.ts';
import { type EditionName, editionNames } from '../../wire/edition/edition.ts';

/** Options that every command takes, before or after its own. */
export interface GlobalOptions {
  readonly json?: true;
  /** Of each the value is printed, in this order. */
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
}

export const globalOptions: readonly GlobalOption[] = [
  { flags: '--json', description: 'print everything as JSON; errors too, on stderr', takesValue: false },
  {
    ...{ flags: '--field <name>', description: 'print a value of the JSON alone, repeatable; list.*.name' },
    ...{ takesValue: true, repeatable: true },
  },
  { flags: '--format <name>', description: 'print it as env, dotenv, github, header, curl, ndjson', takesValue: true },
  { flags: '--profile <name>', description: 'use this tenant instead of the current one', takesValue: true },
  { flags: '--edition <name>', description: `speak this edition: ${editionNames.join(' or ')}`, takesValue: true },
  { flags: '--ca-file <file>', description: 'trust the certificates in this PEM file too', takesValue: true },
  { flags: '--max-wait <duration>', description: 'wait so long for a rate limit at most (60s)', takesValue: true },
  { flags: '--timeout <duration>', description: 'give up on an answer after this time (30s)', takesValue: true },
  { flags: '--no-input', description: 'ask nothing; an option that is missing is an error', takesValue: false },
  { flags: '--debug', description: 'tell every request on stderr, without secrets', takesValue: false },
];

export function addGlobalOptions(command: Command): Command {
  for (const { flags, description, repeatable } of globalOptions) {
    const option = command.createOption(flags, description);
    // An option of its own: commander takes --no-input for the opposite of an --input that is on by itself.
    option.negate = false;
    if (repeatable) option.argParser(collect);
    command.addOption(option);
  }
  return command;
}

/** Gathers a repeatable option. Its default is nothing, so that help does not print an empty list. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The names of those that take a value, as they are written: `--field`. */
export const valueFlags: ReadonlySet<string> = new Set(
  globalOptions.filter(({ takesValue }) => takesValue).map(({ flags }) => flags.split(' ')[0] ?? ''),
);

/** @throws {AnonError} `usage` */
export function editionOption({ edition }: GlobalOptions): EditionName | undefined {
  if (edition === undefined) return undefined;
  const name = editionNames.find((candidate) => candidate === edition);
  if (name) return name;
  throw new AnonError('usage', `There is no edition '${edition.slice(0, 40)}'.`, {
    hint: `There are ${editionNames.join(' and ')}.`,
  });
}
