import { editionOf } from '../../../domain/exchange/management/request.ts';
import { AnonError } from '../../../errors.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import { equivalentCommand, noteEquivalentCommand } from '../../input/equivalent-command.ts';
import type { Access } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import type { SetupInput, SetupOptions } from './options.ts';

/** The options of setup, and the answers to questions for the rest. */
export interface Dialog {
  readonly context: Context;
  readonly access: Access;
  readonly edition: Edition;
  readonly options: SetupOptions;
  readonly input: SetupInput;
  /** Undefined if no questions are allowed. */
  readonly user: Pick<Context, 'confirm' | 'prompts' | 'terminal'> | undefined;
  /** The answers, as options that give the same. */
  readonly answers: Partial<SetupOptions>;
  /** Defaults that needed no question, in the same form. */
  readonly assumed: Partial<SetupOptions>;
  /** Required options that were not given. */
  readonly missing: string[];
}

export async function beginDialog(
  context: Context,
  access: Access,
  { options, input }: Pick<Dialog, 'options' | 'input'>,
): Promise<Dialog> {
  const user = context.terminal.interactive && !options.yes ? context : undefined;
  return {
    context,
    access,
    edition: await editionOf(access.tenant),
    options,
    input,
    user,
    answers: {},
    assumed: {},
    missing: [],
  };
}

/** @throws {AnonError} `usage` naming all missing options at once */
export function checkNothingMissing({ missing, context: { terminal } }: Dialog): void {
  if (missing.length === 0) return;
  const { questionsRuledOutBy: name } = terminal;
  throw new AnonError('usage', `Missing options: ${missing.join(', ')}.`, {
    hint: name
      ? `${name} disables questions. See anon-cli setup --help`
      : 'On a terminal without --yes, setup asks for them. See anon-cli setup --help',
  });
}

/** Records an answer for the command line that is shown at the end. */
export function recordAnswer({ answers }: Dialog, answer: Partial<SetupOptions>): void {
  Object.assign(answers, answer);
}

/** After questions, shows the command line that gives the same answers. `done`: the changes were confirmed. */
export function noteAnswers({ context, options, answers, assumed }: Dialog, { done }: { done: boolean }): void {
  if (Object.keys(answers).length === 0) return;
  const { session, yes: _, ...given } = { ...options, ...assumed, ...answers };
  const line = { ...inOrder(given), ...(!session && { session }), ...(done && !options.dryRun && { yes: true }) };
  noteEquivalentCommand(context, equivalentCommand(['setup'], line), { done });
}

/** In the order of the questions, even those that an option answered. */
function inOrder(options: Partial<SetupOptions>): Partial<SetupOptions> {
  const { app, createApp, type, origin, api, createApi, audience, scopes } = options;
  return { ...{ app, createApp, type, origin, api, createApi, audience, scopes }, ...options };
}
