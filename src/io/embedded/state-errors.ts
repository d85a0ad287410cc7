import { rmSync, writeFileSync } from 'node:fs';
import { AnonError, isAnonError, updateHint } from '../../errors.ts';
import type { StateFileError } from '../../local/store/sqlite/state-file-error.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf, fileFailure, reasonOf } from '../files/files.ts';

/** Recognised by name, because the error's class is in another room, which is loaded lazily. */
export function stateProblem(error: unknown): Pick<StateFileError, 'reason' | 'cause'> | undefined {
  if (!(error instanceof Error) || error.name !== 'StateFileError' || !('reason' in error)) return undefined;
  return error as StateFileError;
}

/** What is wrong with a state file, to follow its name in a sentence. */
export function problemText(path: string, error: unknown): string {
  const { reason, cause } = stateProblem(error) ?? {};
  if (reason === 'foreign') return "is another program's database";
  if (reason === 'newer') return 'was written by a newer anon-cli';
  return reason === 'corrupt' ? 'is damaged' : `cannot be used: ${reasonOf(systemError(path, cause))}`;
}

/** The problem as a sentence. */
export function stateProblemText(path: string, error: unknown): string {
  return `The local tenant's state ${path} ${problemText(path, error)}.`;
}

/** Turns an error about the state file at `path` into an AnonError; returns other errors unchanged. `problem`: what failed, as `cannot be opened`. */
export function stateFailure(path: string, problem: string, error: unknown): unknown {
  const found = stateProblem(error);
  if (!found || isAnonError(error)) return error;
  if (found.reason === 'failed') return fileFailure(path, problem, systemError(path, found.cause));
  const hint = found.reason === 'newer' ? updateHint : 'Start over: anon-cli local reset';
  return new AnonError('state_unusable', stateProblemText(path, error), { hint, cause: error });
}

/** SQLite hides the system's error. Writing a trial file in the same folder usually reproduces it. */
function systemError(path: string, cause: unknown): unknown {
  if (!/^SQLITE_(IOERR|CANTOPEN)/.test(codeOf(cause))) return cause;
  const trial = `${path}.tmp-${process.pid}-0`;
  try {
    writeFileSync(trial, Buffer.alloc(65_536), { flag: 'w', mode: 0o600, flush: true });
    return cause;
  } catch (error) {
    return error;
  } finally {
    rmSync(trial, { force: true });
  }
}

/** The error for a local tenant that uses another edition, which only a reset can change. */
export function editionMismatch(speaks: EditionName, asked: EditionName | undefined): AnonError | undefined {
  if (asked === undefined || asked === speaks) return undefined;
  return new AnonError('edition_unsupported', `The local tenant uses edition ${speaks}, not ${asked}.`, {
    hint: `To reset it to edition ${asked}: anon-cli local reset --edition ${asked}`,
  });
}
