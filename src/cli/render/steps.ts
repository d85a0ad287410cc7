import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { displayWidth, padded } from './width.ts';
import { beside, fitted } from './wrapped.ts';

/** A step of the quickstart: what it did, and the commands that do the same. */
export interface Step {
  readonly title: string;
  readonly outcome: string;
  readonly changed: boolean;
  readonly commands: readonly string[];
}

export function renderStep(paint: Paint, number: number, { title, outcome, changed, commands }: Step): string {
  const already = changed ? '' : paint.dim(' (no changes)');
  const lines = commands.map((command) => `            ${paint.cyan(printable(`$ anon-cli ${command}`))}\n`);
  const head = `${number}  ${title.padEnd(6)}  ${paint.green('✔')} `;
  return beside(head, `${printable(outcome)}${already}`, paint.columns) + lines.join('');
}

export function stepData({ title, outcome, changed, commands }: Step): JsonObject {
  return { step: title, outcome, changed, commands: commands.map((command) => `anon-cli ${command}`) };
}

/** The next commands, without the program's name, and what each is for. */
export function renderNextSteps(paint: Paint, steps: readonly (readonly [command: string, why: string])[]): string {
  const shown = steps.map(([command, why]) => [printable(command), why] as const);
  const width = Math.max(...shown.map(([command]) => displayWidth(command)));
  const line = ([text, why]: readonly [string, string], most: number) =>
    `  ${paint.cyan(`$ anon-cli ${padded(text, most)}`)}  ${why}`;
  const inline = shown.map((step) => line(step, width));
  const fit = inline.every((one) => displayWidth(one) <= paint.columns);
  // On a narrow terminal, each reason goes below its command.
  const lines = fit ? inline : shown.flatMap(([text, why]) => [`  ${paint.cyan(`$ anon-cli ${text}`)}`, `    ${why}`]);
  return `${paint.bold('Next')}\n${fitted(`${lines.join('\n')}\n`, paint.columns)}`;
}

/** The step after a first session: change its metadata, or renew it in editions that can't. */
export function updateStep(selection: string, updatesMetadata: boolean): readonly [command: string, why: string] {
  return updatesMetadata
    ? [`token update --meta cart.items:=3${selection}`, "change the session's metadata"]
    : [`token update${selection}`, "renew the guest's access token"];
}
