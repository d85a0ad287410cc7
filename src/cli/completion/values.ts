import { sessionAttributes } from '../../wire/claims-mapping.ts';
import { clientTypes } from '../../wire/client.ts';
import { assertionAlgorithms } from '../../wire/client-assertion.ts';
import { editionNames, sessionTokenFormats } from '../../wire/edition/edition.ts';
import type { Values } from '../options/definition.ts';
import { shellNames } from './shells.ts';

const app: Values = { live: 'app' };
const api: Values = { live: 'api' };
const profile: Values = { live: 'profile' };
const session: Values = { live: 'session' };
const scopes: Values = { live: 'scope', list: true };
const onOff: Values = { words: ['on', 'off'] };

/**
 * What takes which values, by its name as help shows it: a positional's `<app>`, an option's `--app` or what
 * stands behind that. Words of a command before it narrow it; the longest such entry counts, null for nothing.
 */
export const valuesByName: Readonly<Record<string, Values | null>> = {
  '<app>': app,
  '<api>': api,
  '<session>': session,
  '<file>': { file: true },
  '--session': session,
  '--scope': scopes,
  '--scopes': scopes,
  'api create --scopes': null,
  'session import --session': null,
  'token create --session': null,
  'api scopes <scopes>': { live: 'scope' },
  'app create <type>': { words: clientTypes },
  'claims set <expression>': { words: sessionAttributes },
  'completion <shell>': { words: shellNames },
  'profile <name>': profile,
  'login --signing-alg': { words: assertionAlgorithms },
  'profile set <what>': { words: ['app', 'api', 'production', 'edition'] },
  'profile set <value>': { first: { app, api, production: onOff, edition: { words: [...editionNames, 'auto'] } } },
  'setup --type': { words: clientTypes },
  'setup --token-format': { words: sessionTokenFormats },
  'tenant set-cookie <on|off>': onOff,
  'tenant set-format <format>': { words: sessionTokenFormats },
};

/** What the thing of this name takes in the command at `path`; the first of `names` that is known counts. */
export function valuesOf(path: string, names: readonly string[]): Values | undefined {
  const words = path === '' ? [] : path.split(' ');
  for (let length = words.length; length >= 0; length -= 1) {
    for (const name of names) {
      const key = [...words.slice(0, length), name].join(' ');
      if (Object.hasOwn(valuesByName, key)) return valuesByName[key] ?? undefined;
    }
  }
  return undefined;
}
