import * as v from 'valibot';
import { AnonError, isAnonError, withHint } from '../../errors.ts';
import { sessionTokenFormats } from '../../wire/edition/edition.ts';
import { parseOrigin } from '../app/parse-url.ts';
import { parseClaimExpression, parseClaimName } from '../claims/parse-mapping.ts';
import { issueMessage, parsedText } from '../document/schema-parts.ts';
import { parseDuration } from '../duration.ts';
import { parseGuestTokenLifetime, parseSessionLifetime } from '../lifetime.ts';

const duration = '^[0-9]{1,12}[smhdy]$';

/** A duration in a file needs a unit: other tools count in minutes. */
export function withUnit<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    if (/^\d+$/.test(text)) {
      throw new AnonError('usage', `The duration '${text.slice(0, 40)}' has no unit.`, {
        hint: `In seconds: ${text.slice(0, 12)}s. The units are s, m, h, d and y.`,
      });
    }
    try {
      return parse(text);
    } catch (error) {
      // Commands take seconds without a unit, files do not.
      if (!isAnonError(error) || !error.hint) throw error;
      throw withHint(error, error.hint.replace('3600 (seconds)', '3600s'));
    }
  };
}

export const withUnitHint = 'Write a number with a unit: 30d, 12h, 90m or 3600s.';

/** Seconds; 0 for `never`. */
export const sessionLifetime = v.pipe(
  v.string(),
  parsedText(withUnit(parseSessionLifetime)),
  v.metadata({ expected: 'a duration such as 30d, or never', instead: withUnitHint, pattern: `${duration}|^never$` }),
);

export const tokenLifetime = v.pipe(
  v.string(),
  parsedText(withUnit(parseGuestTokenLifetime)),
  v.metadata({ expected: 'a duration such as 1d', instead: withUnitHint, pattern: duration }),
);

/** Seconds of a bound, which no edition limits. */
export const bound = v.pipe(
  v.string(),
  parsedText(withUnit((text) => parseDuration(text, '90d, 1d, 12h'))),
  v.metadata({ expected: 'a duration such as 90d', instead: withUnitHint, pattern: duration }),
);

export const tokenFormat = v.picklist(sessionTokenFormats);

/** A list in which no text occurs twice. */
function uniqueList<const Item extends v.GenericSchema<string, string>>(item: Item, noun: string) {
  return v.pipe(
    v.array(item),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const list = dataset.value as readonly string[];
      for (const [index, text] of list.entries()) {
        const first = list.indexOf(text);
        if (first === index) continue;
        addIssue({
          message: issueMessage(`The ${noun} '${text.slice(0, 60)}' is already item ${first + 1}.`, 'Keep one.'),
          path: [{ type: 'array', origin: 'value', input: dataset.value, key: index, value: text }],
        });
      }
    }),
    v.metadata({ json: { uniqueItems: true } }),
  );
}

const scope = v.pipe(
  v.string(),
  parsedText((text) => {
    if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text) && !text.includes(',')) return text;
    if (text === '') throw new AnonError('usage', 'A scope is empty.', { hint: 'Remove it.' });
    const parts = text.split(/[\s,]+/).filter(Boolean);
    const hint = parts.length > 1 ? `Write each as an item: [${parts.slice(0, 4).join(', ')}]` : undefined;
    throw new AnonError('usage', `'${text.slice(0, 40)}' is not a scope.`, { hint });
  }),
  v.metadata({ pattern: '^[!#-+\\--\\[\\]-~]+$' }),
);

export const scopes = uniqueList(scope, 'scope');

const origin = v.pipe(
  v.string(),
  parsedText((text) => parseOrigin(text, { anyPort: true })),
);

export const origins = uniqueList(origin, 'origin');

/** A pattern in which `*` stands for any characters. */
const pattern = v.pipe(
  v.string(),
  parsedText((text) => {
    if (text !== '' && !/\s/.test(text)) return text;
    throw new AnonError('usage', 'A pattern is empty or has a space.', { hint: 'Example: write:*' });
  }),
  v.metadata({ pattern: '^\\S+$' }),
);

/** Patterns as a list, or joined by `|`: write:*|admin:* */
export const patterns = uniqueList(pattern, 'pattern');

/** A name as a key: not empty, and without spaces at its ends. */
export const nameKey = v.pipe(
  v.string(),
  v.nonEmpty('This name is empty.'),
  v.check((text) => text.trim() === text, 'This name begins or ends with a space.'),
);

export const claimName = v.pipe(v.string(), parsedText(parseClaimName));

/** A path in the session; the result begins with the root. */
export const claimExpression = v.pipe(v.string(), parsedText(parseClaimExpression));
