import { readFileSync } from 'node:fs';

/** A command line in docs/json.md, and the output it shows. */
export interface JsonExample {
  /** `TokenCreateResult`, or `AppResult[]`. */
  readonly type: string;
  readonly edition: 'preview' | 'ea';
  readonly args: readonly string[];
  /** The JSON on the page. */
  readonly json: string;
}

export const jsonDocPath = 'docs/json.md';

const example = /^`(\w+(?:\[\])?)`(.*(?:\n.+)*)\n\n```sh\nanon-cli (.+)\n```\n```json\n([\s\S]*?)\n```$/gm;

export function jsonExamples(text = readFileSync(jsonDocPath, 'utf8')): JsonExample[] {
  return [...text.matchAll(example)].map(([, type = '', note = '', line = '', json = '']) => ({
    type,
    edition: note.includes('edition `ea`') ? 'ea' : 'preview',
    args: line.split(' '),
    json,
  }));
}

/** The page with the real output. */
export function withJson(text: string, printed: readonly string[]): string {
  const rest = [...printed];
  return text.replaceAll(example, (block, _type, _note, _line, json: string) =>
    block.replace(`\n\`\`\`json\n${json}\n`, () => `\n\`\`\`json\n${rest.shift()}\n`),
  );
}
