import { clientTypes } from '../../wire/client.ts';
import { assertionAlgorithms } from '../../wire/client-assertion.ts';
import { sessionTokenFormats } from '../../wire/edition/edition.ts';
import type { Values } from '../options/definition.ts';

const app: Values = { live: 'app' };
const api: Values = { live: 'api' };
const profile: Values = { live: 'profile' };
const session: Values = { live: 'session' };
const scopes: Values = { live: 'scope', list: true };

/**
 * What takes which values, by its name as help shows it: a positional's `<app>`, an option's `--app` or what
 * stands behind that. Words of a command before it narrow it; the longest such entry counts, null for nothing.
 */
export const valuesByName: Readonly<Record<string, Values | null>> = {
  '<app>': app,
  '<api>': api,
  '<session>': session,
  '<profile>': profile,
  '<file>': { file: true },
  'token --session': session,
  '--scope': scopes,
  '--scopes': scopes,
  'token create --session': null,
  'login --signing-alg': { words: assertionAlgorithms },
  'setup --type': { words: clientTypes },
  'setup --token-format': { words: sessionTokenFormats },
};

/** What a placeholder takes, unless a definition says otherwise. */
export function valuesOfPlaceholder(placeholder: string): Values | undefined {
  const known: Readonly<Record<string, Values>> = { app, api, profile, session, file: { file: true } };
  const name = /^[<[]([a-z]+)(?:\.\.\.)?[>\]]$/.exec(placeholder)?.[1] ?? '';
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

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
