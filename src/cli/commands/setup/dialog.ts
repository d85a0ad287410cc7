import { editionOf } from '../../../domain/exchange/management/request.ts';
import { AnonError } from '../../../errors.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import { equivalentCommand, noteEquivalentCommand } from '../../input/equivalent-command.ts';
import type { Access } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import type { SetupInput, SetupOptions } from './options.ts';

/** What setup was told, and whom it may ask for the rest. */
export interface Dialog {
  readonly context: Context;
  readonly access: Access;
  readonly edition: Edition;
  readonly options: SetupOptions;
  readonly input: SetupInput;
  /** Undefined when nobody is to be asked. */
  readonly person: Pick<Context, 'confirm' | 'prompts' | 'terminal'> | undefined;
  /** What was answered, as the options that would have said it. */
  readonly answers: Partial<SetupOptions>;
  /** What needed no question, in the same form. */
  readonly assumed: Partial<SetupOptions>;
  /** The options without which it cannot go on. */
  readonly missing: string[];
}

export async function beginDialog(
  context: Context,
  access: Access,
  { options, input }: Pick<Dialog, 'options' | 'input'>,
): Promise<Dialog> {
  const person = context.terminal.interactive && !options.yes ? context : undefined;
  return {
    context,
    access,
    edition: await editionOf(access.tenant),
    options,
    input,
    person,
    answers: {},
    assumed: {},
    missing: [],
  };
}

/** @throws {AnonError} `usage` naming everything that is missing at once */
export function checkNothingMissing({ missing, context: { terminal } }: Dialog): void {
  if (missing.length === 0) return;
  const { questionsRuledOutBy: name } = terminal;
  throw new AnonError('usage', `Setup has nobody to ask, and needs ${missing.join(', ')}.`, {
    hint: name
      ? `${name} rules questions out. See anon-cli setup --help`
      : 'On a terminal, without --yes, it asks. See anon-cli setup --help',
  });
}

/** A person answered, so the command line at the end says this too. */
export function answered({ answers }: Dialog, answer: Partial<SetupOptions>): void {
  Object.assign(answers, answer);
}

/** Shows a person who was asked the command line that says the same; `done` once it was agreed to. */
export function tellAnswers({ context, options, answers, assumed }: Dialog, { done }: { done: boolean }): void {
  if (Object.keys(answers).length === 0) return;
  const { session, yes: _, ...said } = { ...options, ...assumed, ...answers };
  const line = { ...inOrder(said), ...(!session && { session }), ...(done && !options.dryRun && { yes: true }) };
  noteEquivalentCommand(context, equivalentCommand(['setup'], line), { done });
}

/** As the questions come, whichever of them an option answered. */
function inOrder(options: Partial<SetupOptions>): Partial<SetupOptions> {
  const { app, createApp, type, api, createApi, audience, scopes } = options;
  return { ...{ app, createApp, type, api, createApi, audience, scopes }, ...options };
}
