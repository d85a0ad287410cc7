import { Chalk, type ChalkInstance } from 'chalk';

/** Colours, or none. */
export type Paint = ChalkInstance;

export function paintFor(colour: boolean): Paint {
  return new Chalk({ level: colour ? 1 : 0 });
}
