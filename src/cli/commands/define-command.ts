import type { ArgumentDefinitions, ArgumentValues, OptionDefinitions, OptionValues } from '../options/definition.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';

/** The part of a command that help, completion and output formats read. Plain data. */
export interface CommandFacts {
  readonly description: string;
  readonly args?: ArgumentDefinitions;
  /** Its own options, in the order of help; every command takes the global ones too. */
  readonly options?: OptionDefinitions;
  /** Words that are arguments, not options, although they begin with a dash: -2h. */
  readonly dashed?: RegExp;
  /** Whether it calls a tenant, so that `--format curl` has calls to show. */
  readonly calls: 'tenant' | 'nothing';
  /** The kind of result, by default one object. A list has no `--format env`; only an access token has `--format header`. */
  readonly result?: 'one' | 'list' | 'access token';
  /** It has `--format markdown`. */
  readonly markdown?: true;
  /** Command lines without `anon-cli`. Each runs on a fresh local tenant. */
  readonly examples: readonly [string, ...string[]];
  /** Below the examples; each line is wrapped. */
  readonly notes?: string;
  /** The page to read next: `docs/json.md`. */
  readonly more?: string;
}

/** A command in the command table. */
export interface CommandDefinition extends CommandFacts {
  run(context: Context, args: never, options: never): Promise<void>;
}

interface TypedDefinition<Args extends ArgumentDefinitions, Options extends OptionDefinitions> extends CommandFacts {
  readonly args?: Args;
  readonly options?: Options;
  run(context: Context, args: ArgumentValues<Args>, options: GlobalOptions & OptionValues<Options>): Promise<void>;
}

/** Defines a command. The types of what `run` receives follow from `args` and `options`. */
export function defineCommand<
  const Args extends ArgumentDefinitions = Record<never, never>,
  const Options extends OptionDefinitions = Record<never, never>,
>(definition: TypedDefinition<Args, Options>): CommandDefinition {
  return definition;
}
