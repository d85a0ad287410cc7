import { Chalk } from 'chalk';

type Style = (text: string) => string;

/** The styles that output is made of. */
export type Palette = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', Style>>;

// wantsColour decided for each stream whether it has colour, so chalk doesn't look: sixteen colours wherever there are any.
const { bold, dim, green, yellow, cyan } = new Chalk({ level: 1 });

/** Loaded only where a stream has colour. */
export const palette: Palette = { bold, dim, red: bold.red, green, yellow, cyan };
