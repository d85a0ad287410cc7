import type { Palette } from '../../io/terminal/palette.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';

/** The styles of an output and the room it has. Without colour each style returns its text unchanged. */
export interface Paint extends Palette {
  /** How many columns a line may take; infinite where no terminal shows it. */
  readonly columns: number;
  /** Another program reads the output: a list is lines of tab-separated cells. */
  readonly tabbed: boolean;
}

interface Place {
  readonly columns?: number;
  readonly tabbed?: boolean;
}

/** A narrower terminal gets lines of this width. */
const fewestColumns = 40;

const plain = (text: string) => text;
const colourless: Palette = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

export function paintFor(
  palette: Palette | false | undefined,
  { columns = Number.POSITIVE_INFINITY, tabbed = false }: Place = {},
): Paint {
  return { ...(palette || colourless), columns: Math.max(fewestColumns, columns), tabbed };
}

/** For stdout. */
export function resultPaint(
  terminal: Pick<Terminal, 'resultColour' | 'resultColumns' | 'resultIsTerminal' | 'palette'>,
): Paint {
  const { resultColour, resultColumns, resultIsTerminal, palette } = terminal;
  return paintFor(resultColour && palette, { columns: resultColumns, tabbed: !resultIsTerminal });
}

/** For stderr. */
export function notePaint({
  noteColour,
  noteColumns,
  palette,
}: Pick<Terminal, 'noteColour' | 'noteColumns' | 'palette'>): Paint {
  return paintFor(noteColour && palette, { columns: noteColumns });
}
