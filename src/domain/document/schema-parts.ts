import * as v from 'valibot';
import { isAnonError } from '../../errors.ts';
import { inOneLine } from './problem.ts';

/** An object in which every other key is a problem. Unlike `strictObject`, it reports all of them. */
export function closedObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.objectWithRest(entries, v.never());
}

/** What `parse` makes of a value. The message and hint of its AnonError become the problem. */
export function parsed<Input, Value>(parse: (value: Input) => Value) {
  return v.rawTransform<Input, Value>(({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value);
    } catch (error) {
      if (!isAnonError(error)) throw error;
      addIssue({ message: issueMessage(error.message, error.hint) });
      return NEVER;
    }
  });
}

/** The same for a text. */
export function parsedText<Value>(parse: (text: string) => Value) {
  return parsed<string, Value>(parse);
}

/** A message of a valibot issue with a hint: messages are one line, so the hint has the second. */
export function issueMessage(message: string, hint?: string): string {
  const line = inOneLine(message);
  return hint === undefined ? line : `${line}\n${hint}`;
}
