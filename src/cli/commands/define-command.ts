import type { ArgumentDefinitions, ArgumentValues, OptionDefinitions, OptionValues } from '../options/definition.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';

/** What help, completion and the choice of an output format know of a command. Plain data. */
export interface CommandFacts {
  readonly description: string;
  readonly args?: ArgumentDefinitions;
  /** Its own options, in the order of help; every command takes the global ones too. */
  readonly options?: OptionDefinitions;
  /** Whether it asks or changes a tenant, and so has calls to show for `--format curl`. */
  readonly calls: 'tenant' | 'nothing';
  /** A list has no names for `--format env`; only an access token makes a header. Left out: one object. */
  readonly result?: 'one' | 'list' | 'access token';
  /** What follows `anon-cli`. Each runs on a fresh local tenant. */
  readonly examples: readonly [string, ...string[]];
  /** Below the examples; each line is wrapped. */
  readonly notes?: string;
  /** The page to read next: `docs/json.md`. */
  readonly more?: string;
}

/** A command as the table of commands has it. */
export interface CommandDefinition extends CommandFacts {
  run(context: Context, args: never, options: never): Promise<void>;
}

interface TypedDefinition<Args extends ArgumentDefinitions, Options extends OptionDefinitions> extends CommandFacts {
  readonly args?: Args;
  readonly options?: Options;
  run(context: Context, args: ArgumentValues<Args>, options: GlobalOptions & OptionValues<Options>): Promise<void>;
}

/** The one way to write a command: what `run` is given has the types that `args` and `options` say. */
export function defineCommand<
  const Args extends ArgumentDefinitions = Record<never, never>,
  const Options extends OptionDefinitions = Record<never, never>,
>(definition: TypedDefinition<Args, Options>): CommandDefinition {
  return definition;
}
