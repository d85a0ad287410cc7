import type { Member } from './members.ts';

/** Workflow commands after which the log shows `***` for each of `secrets`, and for each line of them. */
export function maskLines(secrets: readonly string[]): string {
  const lines = secrets.flatMap((secret) => secret.split(/[\r\n]+/)).filter((line) => line.trim() !== '');
  return [...new Set(lines)].map((line) => `::add-mask::${line.replaceAll('%', '%25')}\n`).join('');
}

/** Lines of the file that GITHUB_OUTPUT names: each is an output of the step. */
export function outputLines(members: readonly Member[]): string {
  return members
    .map(({ name, text }) => {
      if (!/[\r\n]/.test(text)) return `${name}=${text}\n`;
      const end = delimiterFor(text);
      return `${name}<<${end}\n${text}\n${end}\n`;
    })
    .join('');
}

/** One that the text does not hold: or it could end its own value and begin an output of its choice. */
function delimiterFor(text: string): string {
  let delimiter = 'END_OF_VALUE';
  while (text.includes(delimiter)) delimiter += '_';
  return delimiter;
}
