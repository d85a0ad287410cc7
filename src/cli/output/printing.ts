import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from '../render/paint.ts';
import type { Calls } from './calls.ts';

/** What a command found out or did. */
export interface Result {
  /** For `--json` and `--field`; names are in snake_case, as on the wire. */
  readonly data: JsonObject | readonly JsonObject[];
  /** For people. */
  readonly human: (paint: Paint) => string;
  /** Text that is no lines for people, such as a script: as it is on a terminal too. */
  readonly verbatim?: true;
  /** What people are told is only that a list is empty; as it is where `data` is an empty array. */
  readonly empty?: boolean;
}

/** How this command's result is printed, where `--format` says; decided before the command runs. */
export interface Printing {
  as?: (result: Result) => void;
  /** Where to write down what is sent to a tenant. */
  calls?: Calls;
}
