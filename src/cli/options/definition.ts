import type { UrlListName } from '../../domain/app/urls.ts';

/** What can be looked up while a line is typed; the URLs in a list belong to the application on the line. */
export type LiveKind =
  | ('app' | 'api' | 'profile' | 'scope' | 'session')
  | ('user' | 'action' | 'fault' | 'key' | 'snapshot')
  | UrlListName;

/** What completion offers for a positional or an option. Plain data: the build writes it to a file. */
export type Values =
  /** One of these words. */
  | { readonly words: readonly string[] }
  /** The name of one of these; with `list`, several of them joined by commas. */
  | { readonly live: LiveKind; readonly list?: true }
  | { readonly file: true }
  /** Depends on the word in the first positional: `profile set app <name>`. */
  | { readonly first: Readonly<Record<string, Values>> };

interface Definition {
  readonly description: string;
  /** What completion offers; a list of words for short. Left out: what its placeholder says, such as `<app>`. */
  readonly values?: Values | readonly string[];
}

/** Positionals by how help shows them: `<api>`, `[file]`, `<scopes...>`. A text alone is the description. */
export type ArgumentDefinitions = Readonly<Record<string, string | Definition>>;

export interface OptionDefinition extends Definition {
  /** Given several times, the values are a list. */
  readonly repeatable?: true;
  readonly required?: true;
  readonly default?: string;
  /** Works, but is neither in help nor in completion. */
  readonly hidden?: true;
  /** Another name, `--scope <list>`, that works but is neither in help nor in completion. Both at once are an error. */
  readonly alias?: string;
  /** Reads the value. @throws {AnonError} `usage` */
  readonly parse?: (text: string) => unknown;
}

/** Options by their flags as help shows them: `-y, --yes`, `--app <app>`, `--no-save`. A text alone is the description. */
export type OptionDefinitions = Readonly<Record<string, string | OptionDefinition>>;

type CamelCase<Words extends string> = Words extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Words;

type ArgumentName<Key> = Key extends `${'<' | '['}${infer Name}...${'>' | ']'}`
  ? Name
  : Key extends `${'<' | '['}${infer Name}${'>' | ']'}`
    ? Name
    : never;

type ArgumentValue<Key> = Key extends `${string}...${string}`
  ? readonly string[]
  : Key extends `<${string}`
    ? string
    : string | undefined;

/** What `run` is given for positionals: `{ api: string }` for `<api>`. */
export type ArgumentValues<Definitions extends ArgumentDefinitions> = {
  readonly [Key in keyof Definitions as ArgumentName<Key>]: ArgumentValue<Key>;
};

type OptionName<Flags> = Flags extends `-${string}, ${infer Long}`
  ? OptionName<Long>
  : Flags extends `--no-${infer Words}`
    ? CamelCase<Words>
    : Flags extends `--${infer Words} ${string}` | `--${infer Words}`
      ? CamelCase<Words>
      : never;

type OneValue<Flags, Definition> = Definition extends { parse: (text: string) => infer Value }
  ? Value
  : Flags extends `${string} <${string}`
    ? string
    : Flags extends `--no-${string}`
      ? boolean
      : true;

type OptionValue<Flags, Definition> = Definition extends { repeatable: true }
  ? OneValue<Flags, Definition>[]
  : OneValue<Flags, Definition>;

/** Options that always have a value. One that only switches off is true until it is given. */
type AlwaysSet<Definitions> = {
  [Flags in keyof Definitions]: Definitions[Flags] extends { required: true } | { default: string }
    ? Flags
    : Flags extends `--no-${infer Words}`
      ? `--${Words}` extends keyof Definitions
        ? never
        : Flags
      : never;
}[keyof Definitions];

/** What `run` is given for options: `{ readonly tokenLifetime?: string }` for `--token-lifetime <duration>`. */
export type OptionValues<Definitions extends OptionDefinitions> = {
  readonly [Flags in AlwaysSet<Definitions> as OptionName<Flags>]: OptionValue<Flags, Definitions[Flags]>;
} & {
  readonly [Flags in Exclude<keyof Definitions, AlwaysSet<Definitions>> as OptionName<Flags>]?: OptionValue<
    Flags,
    Definitions[Flags]
  >;
};
