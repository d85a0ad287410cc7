import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

/** Commands to go on with, without the program's name, and what each is for. */
export function renderNextSteps(paint: Paint, steps: readonly (readonly [command: string, why: string])[]): string {
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(
    ([command, why]) => `  ${paint.cyan(printable(`$ anon-cli ${command.padEnd(width)}`))}  ${why}\n`,
  );
  return `${paint.bold('Next')}\n${lines.join('')}`;
}

/** The step after a first session: in its edition it takes new metadata, or is only renewed. */
export function updateStep(selection: string, updatesMetadata: boolean): readonly [command: string, why: string] {
  return updatesMetadata
    ? [`token update --meta cart.items:=3${selection}`, "change the session's metadata"]
    : [`token update${selection}`, "renew the guest's access token"];
}
