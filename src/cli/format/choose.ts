import { AnonError } from '../../errors.ts';
import { appendToFile } from '../../io/files/user-file.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { type GlobalOptions, type OutputFormat, outputFormats } from '../options/global.ts';
import { knownWord } from '../options/parse.ts';
import type { Result } from '../output/formats.ts';
import type { Calls } from '../output/tenant-observers.ts';
import { printable, printableJson } from '../render/printable.ts';
import { fitted } from '../render/wrapped.ts';
import type { Context } from '../world/context.ts';
import { curlLines } from './curl.ts';
import {
  dotenvLines,
  exportLines,
  leftOutWarning,
  type Member,
  maskLines,
  membersOf,
  outputLines,
  secretsIn,
  variables,
} from './variables.ts';

const formatNoun = 'output format';

/** The part of a command definition that the choice depends on. */
interface Facts {
  readonly calls: 'tenant' | 'nothing';
  readonly result?: 'one' | 'list' | 'access token';
  readonly markdown?: true;
}

/**
 * Settles how the command at `path` prints its result, before it does anything.
 * @throws {AnonError} `usage` for an unknown format, one that the command does not have, or one that another option rules out
 */
export function chooseFormat(path: string, facts: Facts, context: Context, options: GlobalOptions): OutputFormat {
  const format = knownWord(options.format ?? '', outputFormats, formatNoun);
  checkTogether(format, options);
  checkCommand(path, facts, format);
  const print = printers[format](context);
  if (print) context.printing.as = print;
  return format;
}

function checkTogether(format: OutputFormat, { json, field }: GlobalOptions): void {
  if (format === 'json') return;
  const other = json ? '--json' : field !== undefined ? '--field' : undefined;
  if (!other) return;
  throw new AnonError('usage', `${other} and --format ${format} can't be combined.`);
}

function checkCommand(path: string, { calls, result, markdown }: Facts, format: OutputFormat): void {
  if (format === 'markdown' && !markdown) {
    throw new AnonError('usage', `anon-cli ${path} has no Markdown for --format markdown.`, {
      hint: 'Use it with config plan, config drift or config diff.',
    });
  }
  if (format === 'header' && result !== 'access token') {
    throw new AnonError('usage', `anon-cli ${path} has no access token for --format header.`, {
      hint: 'Run: anon-cli token get --format header',
    });
  }
  if (format === 'curl' && calls === 'nothing') {
    throw new AnonError('usage', `anon-cli ${path} makes no calls for --format curl to show.`, {
      hint: 'Use it with a command that calls the tenant: token create, app enable or tenant show.',
    });
  }
  if (namesMembers(format) && result === 'list') throw listNotNamed(format);
}

function namesMembers(format: OutputFormat): boolean {
  return format === 'env' || format === 'dotenv' || format === 'github';
}

type Printer = (result: Result) => void;

/** Undefined: `printResult` prints it without help. */
const printers: Readonly<Record<OutputFormat, (context: Context) => Printer | undefined>> = {
  human: () => undefined,
  json: () => undefined,
  ndjson:
    ({ terminal }) =>
    ({ data }) => {
      const items: readonly unknown[] = Array.isArray(data) ? data : [data];
      terminal.result(items.map((item) => `${printableJson(item)}\n`).join(''));
    },
  env:
    ({ terminal }) =>
    (result) =>
      print(terminal, exportLines(variablesOf('env', result))),
  dotenv:
    ({ terminal, warn }) =>
    (result) => {
      const { lines, leftOut } = dotenvLines(variablesOf('dotenv', result));
      for (const name of leftOut) warn(leftOutWarning(name));
      print(terminal, lines);
    },
  github: githubPrinter,
  header:
    ({ terminal }) =>
    ({ data }) =>
      print(terminal, `Authorization: ${schemeOf(data)} ${accessTokenOf(data)}\n`),
  markdown:
    ({ terminal }) =>
    ({ markdown }) =>
      print(terminal, markdown?.() ?? ''),
  curl({ terminal, printing }) {
    const calls: Calls = { baseUrl: '', made: [] };
    printing.calls = calls;
    return ({ data }) => {
      const lines = curlLines(data, calls);
      print(terminal, lines || '# no changes\n');
      if (lines && calls.embedded) terminal.note(startFirst(calls.baseUrl, terminal.noteColumns));
    };
  },
};

/** The local tenant answers these calls only while it is served. */
function startFirst(baseUrl: string, columns: number): string {
  const { hostname, host, port } = new URL(baseUrl);
  // Another port alone would make localhost the issuer.
  const domain = port === '443' ? `--domain ${hostname} --port 443` : `--domain ${host}`;
  const place = hostname === 'localhost' ? `--port ${port}` : domain;
  const [what, start] = ['note: To run this, serve the local tenant first:', `anon-cli local start ${place}`];
  const line = `${what} ${start}\n`;
  return line.length <= columns ? line : fitted(`${what}\n  $ ${start}\n`, columns);
}

function githubPrinter({ terminal, env }: Context): Printer {
  const file = env.GITHUB_OUTPUT;
  if (!file) {
    throw new AnonError('usage', '--format github needs GITHUB_OUTPUT, the path of the file to write to.', {
      hint: 'GitHub Actions sets it in every step. Elsewhere use --format env or dotenv.',
    });
  }
  // Checked before the command runs: afterwards the tokens of a new guest would be lost.
  appendToFile(file, '');
  return ({ data }) => {
    const members = named('github', data);
    print(terminal, maskLines(secretsIn(data)));
    appendToFile(file, outputLines(members));
  };
}

/** Unchanged for programs; on a terminal, control characters are escaped. */
function print(terminal: Terminal, lines: string): void {
  terminal.result(terminal.resultIsTerminal ? lines.split('\n').map(printable).join('\n') : lines);
}

function variablesOf(format: OutputFormat, result: Result): Member[] {
  return result.variables ? variables(result.variables) : named(format, result.data);
}

function named(format: OutputFormat, data: Result['data']): Member[] {
  if (Array.isArray(data)) throw listNotNamed(format);
  return membersOf(data as JsonObject);
}

function listNotNamed(format: OutputFormat): AnonError {
  return new AnonError('usage', `--format ${format} can't print a list.`, {
    hint: 'Use --format ndjson for one item per line, or --field for one value.',
  });
}

/** The `token_type` of the answer; Bearer if it has none. */
function schemeOf(data: Result['data']): string {
  const { token_type: type } = data as JsonObject;
  return typeof type === 'string' && /^[\w-]+$/.test(type) && type.toLowerCase() !== 'bearer' ? type : 'Bearer';
}

function accessTokenOf(data: Result['data']): string {
  const token = (data as JsonObject).access_token;
  if (typeof token === 'string') return token;
  throw new AnonError('usage', 'The result has no access token for --format header.');
}
