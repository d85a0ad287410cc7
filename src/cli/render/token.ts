import type { TokenChange } from '../../domain/token/compare.ts';
import type { DecodedToken } from '../../domain/token/decode.ts';
import { dateText, timeProblems as timeProblemsOf, tokenTimes } from '../../domain/token/times.ts';
import type { Seal } from '../../jose/encryption.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableValue } from './printable.ts';
import { rows } from './rows.ts';
import { relativeText } from './time.ts';

/** Enough of a token to recognise it, too little to use it. */
export function shortToken(token: string): string {
  return token.length <= 24 ? token : `${token.slice(0, 12)}…${token.slice(-6)}`;
}

/** A decoded token: first whether it can be trusted, then header and claims. */
export function renderToken(paint: Paint, title: string, token: string, decoded: DecodedToken): string {
  const form = `${formName(decoded)}, ${token.length} characters`;
  const short = decoded.form === 'opaque' ? beginning(token) : shortToken(token);
  const heading = `${paint.bold(title)}  ${printable(short)} ${paint.dim(`(${form})`)}\n`;
  return heading + renderDecoded(paint, decoded);
}

/** An opaque token may be short, so even less of it is shown. */
function beginning(token: string): string {
  return `${token.slice(0, Math.min(6, Math.floor(token.length / 4)))}…`;
}

function formName({ form, claims, inner }: DecodedToken): string {
  if (form === 'opaque') return 'opaque';
  if (form === 'jwe') return inner ? 'JWE with a token inside' : 'JWE';
  return claims ? 'JWT' : 'JWS';
}

function renderDecoded(paint: Paint, decoded: DecodedToken): string {
  const { form, header, claims, text, inner, notes } = decoded;
  if (form === 'opaque') {
    return `  ${paint.yellow(`▪ Opaque: only its issuer can read it (${printable(notes.join('; '))})`)}\n`;
  }
  const pairs: [string, string][] = [['header', headerText(header)]];
  for (const [claim, value] of Object.entries(claims ?? {}))
    pairs.push([printable(claim), claimText(paint, claim, value, decoded)]);
  if (claims && claims.exp === undefined) pairs.push(['exp', paint.yellow('not set: the token never expires')]);
  if (text !== undefined) pairs.push(['contents', printable(text)]);
  const nested = inner ? `\n${paint.bold('Inside')}\n${renderDecoded(paint, inner)}` : '';
  const lines = [
    stateText(paint, decoded),
    ...warningsOf(decoded).map((note) => paint.yellow(`! ${printable(note)}.`)),
  ];
  return `${lines.map((line) => `  ${line}\n`).join('')}${rows(paint, pairs)}${nested}`;
}

function warningsOf({ signature, notes }: DecodedToken): readonly string[] {
  const warning = signature?.state === 'verified' ? signature.warning : undefined;
  return warning === undefined ? notes : [warning, ...notes];
}

/** The most important line: whether to trust the token. */
function stateText(paint: Paint, { signature, seal, inner }: DecodedToken): string {
  if (seal) return sealText(paint, seal, inner !== undefined);
  if (signature?.state === 'verified') return paint.green(`✔ signature verified: ${printable(signature.key)}`);
  if (signature?.state === 'wrong')
    return paint.red(`✘ SIGNATURE WRONG: ${printable(signature.reason)}. Trust nothing below.`);
  return paint.yellow(
    `! SIGNATURE NOT CHECKED: ${printable(signature?.reason ?? '')}. Anyone could have written this.`,
  );
}

function sealText(paint: Paint, seal: Seal, isNested: boolean): string {
  if (seal.state === 'sealed')
    return paint.yellow(`▪ Encrypted: only the holder of its key can read it (${printable(seal.reason)})`);
  const key = printable(seal.key);
  if (seal.state === 'opened') return paint.green(`✔ decrypted and authentic: ${key}`);
  // The origin is checked by the signature of the token inside.
  if (isNested) return paint.green(`✔ decrypted: ${key}`);
  return paint.yellow(
    `! ORIGIN NOT CHECKED: decrypted with ${key}. Anyone with its public half could have written this.`,
  );
}

function headerText(header: JsonObject): string {
  return Object.entries(header)
    .map(([name, value]) => `${printable(name)} ${printableValue(value)}`)
    .join(', ');
}

function claimText(paint: Paint, claim: string, value: unknown, { times, timeProblems }: DecodedToken): string {
  const time = times.find((candidate) => candidate.claim === claim);
  const found = timeProblems.find((candidate) => candidate.claim === claim);
  const warning = found ? ` ${paint.yellow(`! ${found.problem}`)}` : '';
  if (!time || found?.ambiguous) return `${printableValue(value)}${warning}`;
  const left = time.secondsFromNow;
  const expired = claim === 'exp' && left <= 0;
  const relative = expired ? paint.red(`expired ${relativeText(left)}`) : relativeText(left);
  return `${dateText(time.at)} (${relative})${warning}`;
}

/** A decoded token for `--json`. A time in an unknown unit is left out of `times`, and a note says why. */
export function tokenData(decoded: DecodedToken): JsonObject {
  const { form, header, claims, text, signature, seal, inner, timeProblems } = decoded;
  const times = decoded.times.filter(
    ({ claim }) => !timeProblems.some((problem) => problem.claim === claim && problem.ambiguous),
  );
  const notes = [...decoded.notes, ...timeProblems.map(({ claim, problem }) => `${claim} ${problem}`)];
  return {
    form,
    header,
    ...(claims && { claims }),
    ...(text !== undefined && { text }),
    ...(signature && { signature }),
    ...(seal && { seal }),
    ...(inner && { inner: tokenData(inner) }),
    times: Object.fromEntries(
      times.map(({ claim, at, secondsFromNow }) => [claim, { at: at.toISOString(), seconds_from_now: secondsFromNow }]),
    ),
    ...(notes.length > 0 && { notes }),
  };
}

/** One change per line: `+` added, `-` removed, `~` changed. */
export function renderTokenChanges(paint: Paint, changes: readonly TokenChange[], nowMs: number): string {
  return rows(
    paint,
    changes.map(({ path, before, after }) => [
      `${markOf(before, after)} ${printable(path)}`,
      valuesText(paint, { path, before, after }, nowMs),
    ]),
  );
}

function markOf(before: unknown, after: unknown): string {
  if (before === undefined) return '+';
  return after === undefined ? '-' : '~';
}

function valuesText(paint: Paint, { path, before, after }: TokenChange, nowMs: number): string {
  const text = (value: unknown) => valueText(path, value, nowMs);
  if (before === undefined) return paint.green(text(after));
  if (after === undefined) return paint.red(text(before));
  return `${paint.red(text(before))} ${paint.dim('→')} ${paint.green(text(after))}`;
}

/** Times of claims as dates with the time left; strings as JSON, so that "1" differs from 1. */
function valueText(path: string, value: unknown, nowMs: number): string {
  const [, claim] = /(?:^|\.)claims\.([^.]+)$/.exec(path) ?? [];
  const claims = claim === undefined ? {} : { [claim]: value };
  const [found] = timeProblemsOf(claims);
  if (found?.ambiguous) return `${printableValue(quoted(value))} (${found.problem})`;
  const [time] = tokenTimes(claims, nowMs);
  return time ? `${dateText(time.at)} (${relativeText(time.secondsFromNow)})` : printableValue(quoted(value));
}

function quoted(value: unknown): unknown {
  return typeof value === 'string' ? JSON.stringify(value) : value;
}

/** Changes for `--json`: `before` or `after` is left out where the member was missing. */
export function tokenChangesData(changes: readonly TokenChange[]): JsonObject[] {
  return changes.map(({ path, before, after }) => ({
    path,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }));
}
