/** How a connection breaks: reset, closed in the middle of the response, or open without a response. */
export type Breakage = 'reset' | 'truncate' | 'drop';

/** What happens to a response on its way to the client. Whoever carries it there must see to it. */
export interface Transit {
  readonly delayMs: number;
  readonly breakage?: Breakage | undefined;
}

/** Known to every file of the published program: each has modules of its own. */
const mark = Symbol.for('anon-cli.transit');

/** Marks a response. */
export function withTransit(response: Response, transit: Transit): Response {
  return Object.assign(response, { [mark]: transit });
}

/** Undefined for a response that simply arrives. */
export function transitOf(response: Response): Transit | undefined {
  return (response as { readonly [mark]?: Transit })[mark];
}
