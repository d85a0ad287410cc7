import { rmSync, writeFileSync } from 'node:fs';
import { AnonError, isAnonError } from '../../errors.ts';
import type { StateFileError } from '../../local/store/state-file-error.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf, fileFailure, reasonOf } from '../files/files.ts';

/** By name: the class of the error belongs to the other room. */
export function stateProblem(error: unknown): Pick<StateFileError, 'reason' | 'cause'> | undefined {
  if (!(error instanceof Error) || error.name !== 'StateFileError' || !('reason' in error)) return undefined;
  return error as StateFileError;
}

/** What is wrong with a state file, to be said behind its name. */
export function problemText(path: string, error: unknown): string {
  const { reason, cause } = stateProblem(error) ?? {};
  if (reason === 'foreign') return "is another program's database";
  if (reason === 'newer') return 'was written by a newer anon-cli';
  return reason === 'corrupt' ? 'is damaged' : `cannot be used: ${reasonOf(told(path, cause))}`;
}

/** The same as a sentence. */
export function stateProblemText(path: string, error: unknown): string {
  return `The local tenant's state ${path} ${problemText(path, error)}.`;
}

/** An error about the state file at `path` as one of ours; `problem` is what the system would not do. Others stay what they are. */
export function stateFailure(path: string, problem: string, error: unknown): unknown {
  const found = stateProblem(error);
  if (!found || isAnonError(error)) return error;
  if (found.reason === 'failed') return fileFailure(path, problem, told(path, found.cause));
  const hint =
    found.reason === 'newer' ? 'Update anon-cli: npm install -g anon-cli@latest' : 'Start over: anon-cli local reset';
  return new AnonError('state_unusable', stateProblemText(path, error), { hint, cause: error });
}

/** Of what the system said SQLite keeps little. It says it again to somebody who tries the same: to write there. */
function told(path: string, cause: unknown): unknown {
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

/** Nobody else can say which edition a local tenant speaks: it has one, and has to be started over to speak another. */
export function otherEdition(speaks: EditionName, asked: EditionName | undefined): AnonError | undefined {
  if (asked === undefined || asked === speaks) return undefined;
  return new AnonError('edition_unsupported', `The local tenant speaks edition ${speaks}, not ${asked}.`, {
    hint: `Start it over in edition ${asked}: anon-cli local reset --edition ${asked}`,
  });
}
