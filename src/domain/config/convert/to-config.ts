import { type Problem, placeText, sortedProblems } from '../../document/problem.ts';
import { problemsInText } from '../read-config.ts';
import { renderWords } from '../render-config.ts';
import { headOf } from './converted.ts';
import { fileWords } from './file-words.ts';
import { Values } from './members.ts';
import type { OtherObjects } from './other-file.ts';
import { withoutMarks } from './references.ts';

export interface ConfigOfOther {
  /** As a file; undefined where there are errors in `problems`. */
  readonly text?: string;
  /** In the other tool's files. */
  readonly problems: readonly Problem[];
  /** What the configuration does not say, with places in the other tool's files. */
  readonly leftOut: readonly Problem[];
  /** What is wrong with the configuration, which the other tool accepts. */
  readonly notes: readonly string[];
}

interface Naming {
  readonly schema: string;
  /** The new file, for messages. */
  readonly file: string;
  readonly tool: string;
}

/** Another tool's files as a configuration. */
export async function configOfOther(objects: OtherObjects, { schema, file, tool }: Naming): Promise<ConfigOfOther> {
  const values = new Values();
  const words = fileWords(objects, values);
  const problems = [...objects.problems, ...values.problems].map(plain);
  const leftOut = sortedProblems(values.leftOut).map(plain);
  if (problems.length > 0) return { problems: sortedProblems(problems), leftOut, notes: [] };
  const comment = `Guest access from files of ${tool}, as anon-cli config convert found it.`;
  const isEmpty = Object.keys(words).length === 0;
  const rendered = renderWords(isEmpty ? { tenant: {} } : words, { schema, comment });
  const [first = '', ...rest] = rendered.split('\n');
  const text = leftOut.length > 0 ? `${first}\n${headOf([], leftOut)}${rest.join('\n')}` : rendered;
  const none = isEmpty ? ['The files say nothing about guests.'] : [];
  return { text, problems, leftOut, notes: [...none, ...(await problemsOf(text, file))] };
}

function plain(problem: Problem): Problem {
  return { ...problem, message: withoutMarks(problem.message) };
}

/** Other tools accept what a configuration may not have, such as an origin with a path. */
async function problemsOf(text: string, name: string): Promise<string[]> {
  const names = [...text.matchAll(/(?<!\$)\$\{([A-Za-z_]\w*)\}/g)].map(([, one]) => one);
  if (names.length > 0) {
    const all = [...new Set(names)].join(', ');
    return [
      `The configuration refers to environment variables: ${all}. Set them, and check it: anon-cli config validate`,
    ];
  }
  return (await problemsInText(text, name)).map((problem) => `${placeText(problem)}: ${problem.message}`);
}
