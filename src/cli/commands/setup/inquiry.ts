import { editionOf } from '../../../domain/exchange/management.ts';
import { AnonError } from '../../../errors.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import type { Context } from '../../context.ts';
import type { Access } from '../../tenant-access.ts';
import type { SetupInput, SetupOptions } from './options.ts';

/** What setup was told, and whom it may ask for the rest. */
export interface Inquiry {
  readonly context: Context;
  readonly access: Access;
  readonly edition: Edition;
  readonly options: SetupOptions;
  readonly input: SetupInput;
  /** Undefined when nobody is to be asked. */
  readonly person: Pick<Context, 'confirm' | 'prompts'> | undefined;
  /** The options without which it cannot go on. */
  readonly missing: string[];
}

export async function beginInquiry(
  context: Context,
  access: Access,
  { options, input }: Pick<Inquiry, 'options' | 'input'>,
): Promise<Inquiry> {
  const person = context.terminal.interactive && !options.yes ? context : undefined;
  return { context, access, edition: await editionOf(access.tenant), options, input, person, missing: [] };
}

/** @throws {AnonError} `usage` naming everything that is missing at once */
export function checkNothingMissing({ missing, context: { terminal } }: Inquiry): void {
  if (missing.length === 0) return;
  const { questionsRuledOutBy: name } = terminal;
  throw new AnonError('usage', `Setup has nobody to ask, and needs ${missing.join(', ')}.`, {
    hint: name
      ? `${name} rules questions out. See anon-cli setup --help`
      : 'On a terminal, without --yes, it asks. See anon-cli setup --help',
  });
}

/** What a person typed, which must be something. @throws {AnonError} `usage` */
export async function askedText({ prompts }: NonNullable<Inquiry['person']>, question: string): Promise<string> {
  const text = (await prompts.text(question)).trim();
  if (text !== '') return text;
  throw new AnonError('usage', `${question}: nothing was typed, and nothing was changed.`);
}
