import { styleText } from 'node:util';

type Style = (text: string) => string;

/** The few styles that output is made of. Without colour each gives its text back as it is. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

export function paintFor(colour: boolean): Paint {
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
  };
}
