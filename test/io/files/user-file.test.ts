import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TextLine } from '../../../src/domain/session/bulk/metadata-lines.ts';
import { readLines, readUserFile, writeNewUserFile } from '../../../src/io/files/user-file.ts';
import { failureOf } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

it('a file named by the user is read as text', async () => {
  const path = join(temporaryFolder(), 'metadata.json');
  writeFileSync(path, '{"ü":1}');
  expect(await readUserFile(path)).toBe('{"ü":1}');
});

it('its text begins after a byte order mark', async () => {
  const path = join(temporaryFolder(), 'metadata.json');
  writeFileSync(path, '\ufeff{"a":"\ufeff"}');
  expect(await readUserFile(path)).toBe('{"a":"\ufeff"}');
});

it.each([
  ['is in another encoding', Buffer.from('grün', 'latin1')],
  ['ends within a UTF-16 character', Buffer.from('\ufeff\ud83d', 'utf16le')],
  ['ends within a character', Buffer.from('ü').subarray(0, 1)],
  ['is not text', Buffer.from([0, 0xff, 0xd8])],
])('a file that %s is refused', async (_, bytes) => {
  const path = join(temporaryFolder(), 'note');
  writeFileSync(path, bytes);
  expect(await failureOf(() => readUserFile(path))).toMatchObject({
    code: 'usage',
    message: `${path} cannot be read: it is not UTF-8 text.`,
  });
});

it.each([
  ['UTF-8 with a mark', Buffer.from('\ufeff{"ü":1}')],
  ['UTF-16, as PowerShell writes it', Buffer.from('\ufeff{"ü":1}', 'utf16le')],
  ['big-endian UTF-16', Buffer.from('\ufeff{"ü":1}', 'utf16le').swap16()],
])('a file is read as %s', async (_, bytes) => {
  const path = join(temporaryFolder(), 'metadata.json');
  writeFileSync(path, bytes);
  expect(await readUserFile(path)).toBe('{"ü":1}');
});

it('an empty file name is quoted in the error', async () => {
  expect(await failureOf(() => readUserFile(''))).toMatchObject({
    message: "'' cannot be read: no such file.",
  });
});

it.each([
  ['does not exist', 'missing.json', 'no such file'],
  ['is a folder', '.', 'it is a folder'],
])('a file that %s is a usage error', async (_, name, reason) => {
  const path = join(temporaryFolder(), name);
  expect(await failureOf(() => readUserFile(path))).toMatchObject({
    code: 'usage',
    message: `${path} cannot be read: ${reason}.`,
  });
});

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
  it('have their end offsets, even a last line without a line break', async () => {
    expect(await linesOf(fileOf('a\n\nüx\nhalf'))).toEqual([
      { text: 'a', whole: true, endOffset: 2 },
      { text: '', whole: true, endOffset: 3 },
      { text: 'üx', whole: true, endOffset: 7 },
      { text: 'half', whole: false, endOffset: 11 },
    ]);
  });

  it('begin after a byte order mark', async () => {
    expect(await linesOf(fileOf('\ufeffa\n\ufeffb\n'))).toEqual([
      { text: 'a', whole: true, endOffset: 5 },
      { text: '\ufeffb', whole: true, endOffset: 10 },
    ]);
    expect(await linesOf(fileOf('\ufeffa'))).toEqual([{ text: 'a', whole: false, endOffset: 4 }]);
  });

  it('are complete across the chunks that are read', async () => {
    // An odd number, so that no line begins where a chunk does.
    const lines = Array.from({ length: 5000 }, (_, index) => `${index} ${'ü'.repeat(37)}`);
    const path = fileOf(`${lines.join('\n')}\n`);
    const read = await linesOf(path);
    expect(read.map(({ text }) => text)).toEqual(lines);
    expect(read.at(-1)?.endOffset).toBe(Buffer.byteLength(`${lines.join('\n')}\n`));
  });

  it('have a limited length', async () => {
    const failure = await failureOf(() => linesOf(fileOf('x'.repeat(2 << 20))));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringMatching(/more than 1 MiB\.$/) });
  });

  it('of a file that does not exist are a usage error', async () => {
    const failure = await failureOf(() => linesOf('/nowhere/at/all'));
    expect(failure).toMatchObject({ code: 'usage', message: '/nowhere/at/all cannot be read: no such file.' });
  });
});

describe('a new file', () => {
  it('is for the user alone, and leaves no draft beside it', async () => {
    const folder = temporaryFolder();
    await writeNewUserFile(join(folder, 'new.json'), 'text');
    expect(readdirSync(folder)).toEqual(['new.json']);
    expect([readFileSync(join(folder, 'new.json'), 'utf8'), modeOf(join(folder, 'new.json'))]).toEqual(['text', '600']);
  });

  it.each([
    ['exists', (folder: string) => writeFileSync(join(folder, 'new.json'), 'old'), 'it already exists'],
    ['is a link to nothing', (folder: string) => symlinkSync('nowhere', join(folder, 'new.json')), 'it already exists'],
    ['is a folder', (folder: string) => mkdirSync(join(folder, 'new.json')), 'it is a folder'],
  ])('is not written where it %s', async (_, make, reason) => {
    const folder = temporaryFolder();
    make(folder);
    const path = join(folder, 'new.json');
    expect(await failureOf(() => writeNewUserFile(path, 'text'))).toMatchObject({
      code: 'usage',
      message: `${path} cannot be written: ${reason}.`,
    });
    expect(readdirSync(folder)).toEqual(['new.json']);
  });

  it.each(['nowhere/new.json', 'nul\0'])('is not written where it cannot be: %j', async (name) => {
    const folder = temporaryFolder();
    expect(await failureOf(() => writeNewUserFile(join(folder, name), 'text'))).toMatchObject({ code: 'usage' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
