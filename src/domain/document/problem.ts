import { AnonError } from '../../errors.ts';

/** Where something is in a text that a user wrote. Line and column start at 1; a column counts UTF-16 code units. */
export interface Place {
  /** The name of the file as the user gave it, `stdin`, or an option: `--set apps.web.enabled`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** It is the value of an option, and not in a file. */
  readonly option?: true;
}

/** Something that is wrong in a document. */
export interface Problem extends Place {
  /** A warning does not make the document unusable. */
  readonly severity: 'error' | 'warning';
  /** One sentence: what was expected and what was found. Never the value of a secret. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string | undefined;
}

export function problemAt(place: Place, message: string, hint?: string): Problem {
  return {
    ...place,
    severity: 'error',
    message: inOneLine(message),
    ...(hint !== undefined && { hint: inOneLine(hint) }),
  };
}

/** What is quoted from a file may be a block of lines. */
export function inOneLine(text: string): string {
  return text.replaceAll(/\r\n|[\r\n]/g, '\\n');
}

export function warningAt(place: Place, message: string, hint?: string): Problem {
  return { ...problemAt(place, message, hint), severity: 'warning' };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** Sorted by place, each once. Files stay in the order in which they first occur. */
export function sortedProblems(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = JSON.stringify([placeText(problem), problem.message]);
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column);
}

/** `anon.yaml:3:5`, or an option by its name alone. */
export function placeText({ file, line, column, option }: Place): string {
  return option ? file : `${file}:${line}:${column}`;
}

/** A problem as an object of `--json`. */
export function problemData({ file, line, column, severity, message, hint }: Problem) {
  return { file, line, column, severity, message, ...(hint !== undefined && { hint }) };
}

/** Documents that can't be used: `usage`, with every problem. */
export class DocumentError extends AnonError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = sortedProblems(problems);
    super('usage', summaryOf(sorted));
    this.problems = sorted;
  }
}

/** `anon.yaml has 3 problems.` */
function summaryOf(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) return 'No problems.';
  const files = [...new Set(errors.map(({ file }) => file))];
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`;
  return files.length === 1 ? `${first.file} has ${count}.` : `The files have ${count}.`;
}
