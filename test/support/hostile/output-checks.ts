import { exitCodes } from '../../../src/cli/exit-code.ts';
import { type HostileAnswer, isBroken, statusOf } from './answers.ts';
import { harmlessBodies } from './bodies.ts';
import { type HostileCommand, metadataValues } from './commands.ts';
import { harmlessHeads } from './heads.ts';
import type { Outcome } from './scene.ts';

/** The longest real time of a command, in milliseconds, on a busy machine. */
const mostMs = 10_000;

/** The longest wait of a command: at most a minute for each request. */
const mostWaitedMs = 10 * 60_000;

/** The most requests that a command may make before it detects an endless list. */
const mostRequests = 3000;

const documented: readonly number[] = exitCodes.map(({ code }) => code);

/** The faults in a command's reaction to a hostile response. */
export function complaintsOf(
  outcome: Outcome,
  answer: HostileAnswer,
  command: HostileCommand,
  json: boolean,
): string[] {
  const { code, stdout, stderr, requests, tookMs, waitedMs } = outcome;
  const found: string[] = [];
  const expectThat = (isSo: boolean, complaint: string) => void (isSo || found.push(complaint));
  expectThat(documented.includes(code), `exit code ${code} is not documented`);
  expectThat(tookMs < mostMs, `took ${Math.round(tookMs)} ms`);
  expectThat(command.endless === true || waitedMs <= mostWaitedMs, `waited ${waitedMs} ms`);
  expectThat(requests.length <= mostRequests, `made ${requests.length} requests`);

  expectThat(!/\bbug in anon-cli\b|unexpected/i.test(stderr), 'calls it a bug of its own');
  expectThat(!/^\s+at .+:\d+/m.test(stderr), 'shows a stack trace');
  expectThat(!/\bundefined\b|\[object |\bNaN\b|<html|<!doctype/i.test(stderr), 'shows what no person should see');
  expectThat(!controls.test(stderr), 'prints control characters on stderr');
  // Lists in a pipe are separated by tabs; a tab in a name is escaped.
  if (!json) expectThat(!controls.test(stdout.replaceAll('\t', '')), 'prints control characters on stdout');
  if (!json) expectThat(!/^\s*::/m.test(stdout + stderr), "prints a command to CI's runners");
  expectThat(
    !metadataValues.some((value) => forms(value).some((form) => stderr.includes(form))),
    'tells metadata on stderr',
  );
  expectThat(stderr.length < 20_000, `prints ${stderr.length} characters on stderr`);

  if (code === 0) {
    expectThat(!/^error:/m.test(stderr), 'reports an error and ends with 0');
    if (json) expectThat(isJson(stdout), 'ends with 0 and prints no JSON');
  } else {
    expectThat(command.reports || stdout === '', 'fails, and prints on stdout all the same');
    if (json) found.push(...complaintsOfJson(stderr, code, command));
    else expectThat((stderr.match(/^error: /gm) ?? []).length === 1, 'does not report one error');
  }

  const hostile = requests.filter((request) => request.hostile).length;
  const isFailure = (statusOf(answer).code ?? 200) >= 300;
  const everyAnswerFailed = (isFailure || isBroken(answer)) && answer.place === 'every request' && requests.length > 0;
  expectThat(code !== 0 || !everyAnswerFailed, 'is done although nothing was answered');
  if (everyAnswerFailed && isBroken(answer))
    expectThat(code === 6 || command.endless === true, `ends with ${code} where no answer came, not with 6`);
  expectThat(
    code === 0 || hostile > 0 || command.endless === true || isRefusedHere(command, code),
    'fails without having met anything',
  );
  expectThat(
    code === 0 || !isHarmless(answer) || command.endless === true || isRefusedHere(command, code),
    'fails although the answer is as it should be',
  );
  return found;
}

/** Control characters, except line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** The text unchanged, escaped as in JSON, and escaped as in a URL. */
function forms(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
}

function complaintsOfJson(stderr: string, code: number, { argv }: HostileCommand): string[] {
  const lines = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !(argv.includes('--debug') && line.startsWith('debug: ')));
  if (lines.length !== 1) return [`prints ${lines.length} lines on stderr with --json`];
  try {
    const { error } = JSON.parse(lines[0] ?? '');
    return error.exit_code === code && typeof error.message === 'string' && typeof error.code === 'string'
      ? []
      : ['prints an error object that does not say what failed'];
  } catch {
    return ['prints an error that is no JSON'];
  }
}

function isJson(text: string): boolean {
  try {
    // Commands that print one object per line.
    const lines = text.startsWith('{"') ? text.trimEnd().split('\n') : [text];
    for (const line of lines) JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function isHarmless({ status, head, body, delivery }: HostileAnswer): boolean {
  const calm = ['whole', 'byte by byte', 'whole, and the connection is closed'];
  const own = ['the right one', '103, then the right one'];
  return (
    own.includes(status) && harmlessHeads.includes(head) && harmlessBodies.includes(body) && calm.includes(delivery)
  );
}

/** Edition preview has no tickets. */
function isRefusedHere({ argv }: HostileCommand, code: number): boolean {
  return argv[1] === 'transfer' && code === 7;
}
