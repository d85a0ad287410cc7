import type { Paint } from './paint.ts';
import { displayWidth, padded } from './width.ts';
import { fitted } from './wrapped.ts';

/** Commands to go on with, without the program's name, and what each is for. */
export function renderNextSteps(paint: Paint, steps: readonly (readonly [command: string, why: string])[]): string {
  const width = Math.max(...steps.map(([command]) => displayWidth(command)));
  const line = ([text, why]: readonly [string, string], most: number) =>
    `  ${paint.cyan(`$ anon-cli ${padded(text, most)}`)}  ${why}`;
  const besides = steps.map((step) => line(step, width));
  const fit = besides.every((one) => displayWidth(one) <= paint.columns);
  // A reason under its command needs no room beside the longest of them.
  const shown = fit ? besides : steps.flatMap(([text, why]) => [`  ${paint.cyan(`$ anon-cli ${text}`)}`, `    ${why}`]);
  return `${paint.bold('Next')}\n${fitted(`${shown.join('\n')}\n`, paint.columns)}`;
}

/** The step after a first session: in its edition it takes new metadata, or is only renewed. */
export function updateStep(selection: string, updatesMetadata: boolean): readonly [command: string, why: string] {
  return updatesMetadata
    ? [`token update --meta cart.items:=3${selection}`, "change the session's metadata"]
    : [`token update${selection}`, "renew the guest's access token"];
}
