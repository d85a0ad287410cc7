import { styleText } from 'node:util';
import type { Terminal } from '../../io/terminal/terminal.ts';

type Style = (text: string) => string;

/** The few styles that output is made of, and the room there is for it. Without colour each gives its text back as it is. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
  /** How many columns a line may take; without end where no terminal shows it. */
  readonly columns: number;
  /** Another program reads it: a list is lines of cells with tabs between them. */
  readonly tabbed: boolean;
}

interface Place {
  readonly columns?: number;
  readonly tabbed?: boolean;
}

/** On a narrower terminal lines are as on one of this width. */
const fewestColumns = 40;

export function paintFor(colour: boolean, { columns = Number.POSITIVE_INFINITY, tabbed = false }: Place = {}): Paint {
  const style = (format: Parameters<typeof styleText>[0]): Style =>
    // Whether there is to be colour was decided already, for the stream that the text goes to.
    colour ? (text) => styleText(format, text, { validateStream: false }) : (text) => text;
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style(['bold', 'red']),
    green: style('green'),
    yellow: style('yellow'),
    cyan: style('cyan'),
    columns: Math.max(fewestColumns, columns),
    tabbed,
  };
}

/** For what goes to stdout. */
export function resultPaint(terminal: Pick<Terminal, 'resultColour' | 'resultColumns' | 'resultIsTerminal'>): Paint {
  const { resultColour, resultColumns, resultIsTerminal } = terminal;
  return paintFor(resultColour, { columns: resultColumns, tabbed: !resultIsTerminal });
}

/** For what goes to stderr. */
export function notePaint({ noteColour, noteColumns }: Pick<Terminal, 'noteColour' | 'noteColumns'>): Paint {
  return paintFor(noteColour, { columns: noteColumns });
}
