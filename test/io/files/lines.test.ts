import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TextLine } from '../../../src/domain/session/bulk/metadata-lines.ts';
import { readLines } from '../../../src/io/files/lines.ts';
import { failureOf } from '../../support/domain.ts';
import { temporaryFolder } from '../../support/folder.ts';

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'lines');
  writeFileSync(path, text);
  return path;
}

async function linesOf(path: string): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of readLines(path)) lines.push(line);
  return lines;
}

describe('the lines of a file', () => {
  it('come with where each ends, the last one also without an end', async () => {
    expect(await linesOf(fileOf('a\n\nüx\nhalf'))).toEqual([
      { text: 'a', whole: true, endOffset: 2 },
      { text: '', whole: true, endOffset: 3 },
      { text: 'üx', whole: true, endOffset: 7 },
      { text: 'half', whole: false, endOffset: 11 },
    ]);
  });

  it('begin behind the mark that some editors put first', async () => {
    expect(await linesOf(fileOf('\ufeffa\n\ufeffb\n'))).toEqual([
      { text: 'a', whole: true, endOffset: 5 },
      { text: '\ufeffb', whole: true, endOffset: 10 },
    ]);
    expect(await linesOf(fileOf('\ufeffa'))).toEqual([{ text: 'a', whole: false, endOffset: 4 }]);
  });

  it('are whole across what is read at once', async () => {
    // Odd, so that no line begins where a piece does.
    const lines = Array.from({ length: 5000 }, (_, index) => `${index} ${'ü'.repeat(37)}`);
    const path = fileOf(`${lines.join('\n')}\n`);
    const read = await linesOf(path);
    expect(read.map(({ text }) => text)).toEqual(lines);
    expect(read.at(-1)?.endOffset).toBe(Buffer.byteLength(`${lines.join('\n')}\n`));
  });

  it('are not read without end', async () => {
    const failure = await failureOf(() => linesOf(fileOf('x'.repeat(2 << 20))));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringMatching(/more than 1 MiB\.$/) });
  });

  it('of a file that is not there are a usage error', async () => {
    const failure = await failureOf(() => linesOf('/nowhere/at/all'));
    expect(failure).toMatchObject({ code: 'usage', message: '/nowhere/at/all cannot be read: there is no such file.' });
  });
});
