import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import { globalOptions } from '../options/global.ts';
import { commands, wordsAfter } from './commands.ts';
import type { Route } from './route.ts';

/** Words that people know from other tools, with the commands that do the same here. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
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
  configure: ['setup'],
  connect: ['login'],
  context: ['profile use'],
  diagnose: ['doctor'],
  emulator: ['local start'],
  env: ['token get --format env'],
  exchange: ['token transfer'],
  exec: ['local exec'],
  kill: ['local stop'],
  fix: ['doctor --fix'],
  gate: ['doctor'],
  gates: ['doctor'],
  guest: ['token create', 'session list'],
  guests: ['session list', 'token create --count'],
  info: ['status'],
  init: ['setup', 'quickstart'],
  inspect: ['token decode'],
  jwt: ['token decode'],
  log: ['local logs'],
  logout: ['token logout', 'profile remove'],
  logs: ['local logs'],
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
  run: ['local start', 'local exec'],
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

/** The error for a command line that names no command, with the commands that were probably meant. */
export function unknownCommand({ path, unknown, rest }: Route): AnonError {
  const words = wordsAfter(path);
  const help = `anon-cli ${path}${path && ' '}--help`;
  if (unknown !== undefined) {
    const command = `${path}${path && ' '}${unknown.slice(0, 60)}`;
    const meant = meantBy(path, unknown, rest.slice(rest.indexOf(unknown) + 1));
    return new AnonError('usage', `Unknown command '${command}'.`, {
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
  return new AnonError('usage', `'anon-cli${path && ' '}${path}' needs a command.`, {
    hint: `Choose from: ${words.join(', ')}. See ${help}`,
  });
}

/** The commands that were probably meant, the most likely first; `after` is what follows the word. */
function meantBy(path: string, unknown: string, after: readonly string[]): readonly string[] {
  const word = unknown.toLowerCase();
  const beside = `${path}${path && ' '}`;
  const next = after.find((one) => !one.startsWith('-'))?.toLowerCase() ?? '';
  const similar = mostSimilar(word, wordsAfter(path));
  // A misspelt noun, `apps create`, or the words in the other order: `create app`, `list apps`.
  const spelt = `${beside}${similar ?? ''} ${next}`;
  const turned = path === '' ? `${singular(next)} ${word}` : `${word} ${path}`;
  for (const command of [spelt, turned]) if (Object.hasOwn(commands, command)) return [command];
  if (path === '' && Object.hasOwn(synonyms, word)) return synonyms[word] ?? [];
  if (similar !== undefined) return [`${beside}${similar}`];
  // A verb without its noun, or with the wrong one.
  const verbs = Object.keys(commands).filter((name) => name.split(' ').length > 1 && name.endsWith(` ${word}`));
  if (verbs.length > 0 || path !== '') return tokensFirst(verbs).slice(0, 4);
  return synonyms[mostSimilar(word, Object.keys(synonyms)) ?? ''] ?? [];
}

/** Most people mean tokens. */
function tokensFirst(names: readonly string[]): string[] {
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
