import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import { globalOptions } from '../options/global.ts';
import { commands, wordsAfter } from './commands.ts';
import type { Route } from './route.ts';

/** Words of other tools, and of what people have in mind, with the commands that do that here. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  account: ['status', 'profile show'],
  accounts: ['profile list'],
  anonymous: ['token create'],
  apis: ['api list'],
  apps: ['app list'],
  audience: ['api list'],
  auth: ['login', 'status'],
  check: ['doctor'],
  client: ['app list'],
  claim: ['claims list', 'claims set'],
  clients: ['app list'],
  close: ['app disable', 'api disable'],
  config: ['status', 'setup', 'profile set'],
  configure: ['setup'],
  connect: ['login'],
  context: ['profile use'],
  diagnose: ['doctor'],
  emulator: ['local start'],
  env: ['token get --format env'],
  exchange: ['token transfer'],
  fix: ['doctor --fix'],
  gate: ['doctor'],
  gates: ['doctor'],
  guest: ['token create', 'session list'],
  guests: ['session list', 'token create --count'],
  info: ['status'],
  init: ['setup', 'quickstart'],
  inspect: ['token decode'],
  jwt: ['token decode'],
  logout: ['token logout', 'profile remove'],
  ls: ['session list', 'app list', 'api list'],
  me: ['status'],
  metadata: ['token update --meta'],
  mint: ['token create'],
  new: ['token create'],
  open: ['setup', 'doctor --fix'],
  permission: ['api scopes add'],
  ping: ['doctor'],
  refresh: ['token renew'],
  'resource-server': ['api list'],
  profiles: ['profile list'],
  revoke: ['token logout'],
  rm: ['session forget', 'profile remove'],
  run: ['local start'],
  scope: ['api scopes add'],
  scopes: ['api scopes add', 'api scopes remove'],
  serve: ['local start'],
  server: ['local start'],
  sessions: ['session list'],
  'sign-in': ['login'],
  signin: ['login'],
  'sign-out': ['token logout', 'profile remove'],
  signout: ['token logout', 'profile remove'],
  switch: ['profile use'],
  tenants: ['profile list'],
  test: ['doctor --probe'],
  tokens: ['token create', 'token decode'],
  tutorial: ['quickstart'],
  upgrade: ['version'],
  user: ['token create'],
  users: ['session list'],
  validate: ['token verify'],
  who: ['status'],
  whoami: ['status'],
};

/** Why a command line leads to no command, and what does. */
export function notACommand({ path, stray, rest }: Route): AnonError {
  const words = wordsAfter(path);
  const help = `anon-cli ${path}${path && ' '}--help`;
  if (stray !== undefined) {
    const command = `${path}${path && ' '}${stray.slice(0, 60)}`;
    const meant = meantBy(path, stray, rest.slice(rest.indexOf(stray) + 1));
    return new AnonError('usage', `There is no command '${command}'.`, {
      hint: meant.length > 0 ? `Did you mean ${either(meant)}? See ${help}` : `See ${help}`,
    });
  }
  const known = globalOptions.map(({ flags }) => flags.split(' ')[0] ?? '');
  const flags = rest.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? '');
  const option = flags.find((flag) => !known.includes(flag));
  if (option !== undefined) {
    const similar = mostSimilar(option, [...known, '--help', '--version']);
    return new AnonError('usage', `Unknown option '${option.slice(0, 60)}'.`, {
      hint: similar ? `Did you mean ${similar}? See ${help}` : `See ${help}`,
    });
  }
  return new AnonError('usage', `A command is missing after 'anon-cli${path && ' '}${path}'.`, {
    hint: `One of ${words.join(', ')}. See ${help}`,
  });
}

/** The commands that a word may have meant, the most likely first; `after` is what follows it. */
function meantBy(path: string, stray: string, after: readonly string[]): readonly string[] {
  const word = stray.toLowerCase();
  const beside = `${path}${path && ' '}`;
  const next = after.find((one) => !one.startsWith('-'))?.toLowerCase() ?? '';
  const similar = mostSimilar(word, wordsAfter(path));
  // Another spelling with what follows it, `apps create`; or the words the other way round, `create app`, `list apps`.
  const spelt = `${beside}${similar ?? ''} ${next}`;
  const turned = path === '' ? `${singular(next)} ${word}` : `${word} ${path}`;
  for (const command of [spelt, turned]) if (Object.hasOwn(commands, command)) return [command];
  if (path === '' && Object.hasOwn(elsewhere, word)) return elsewhere[word] ?? [];
  if (similar !== undefined) return [`${beside}${similar}`];
  // A verb without its noun, or beside another one.
  const verbs = Object.keys(commands).filter((name) => name.split(' ').length > 1 && name.endsWith(` ${word}`));
  if (verbs.length > 0 || path !== '') return firstTokens(verbs).slice(0, 4);
  return elsewhere[mostSimilar(word, Object.keys(elsewhere)) ?? ''] ?? [];
}

/** What is done to tokens is what most people come for. */
function firstTokens(names: readonly string[]): string[] {
  const isToken = (name: string) => name.startsWith('token ');
  return [...names.filter(isToken), ...names.filter((name) => !isToken(name))];
}

function singular(word: string): string {
  return word.replace(/s$/, '');
}

/** `'a'`, `'a' or 'b'`, `'a', 'b' or 'c'`. */
function either(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}
