import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readUserFile } from '../../../src/io/files/user-file.ts';
import { failureOf } from '../../support/domain.ts';
import { temporaryFolder } from '../../support/folder.ts';

it('a file that the user named is read as text', async () => {
  const path = join(temporaryFolder(), 'metadata.json');
  writeFileSync(path, '{"ü":1}');
  expect(await readUserFile(path)).toBe('{"ü":1}');
});

it('one begins with its text, not with the mark that some editors put there', async () => {
  const path = join(temporaryFolder(), 'metadata.json');
  writeFileSync(path, '\ufeff{"a":"\ufeff"}');
  expect(await readUserFile(path)).toBe('{"a":"\ufeff"}');
});

it.each([
  ['is in another encoding', Buffer.from('grün', 'latin1')],
  ['is cut off in a UTF-16 one', Buffer.from('\ufeff\ud83d', 'utf16le')],
  ['is cut off in a character', Buffer.from('ü').subarray(0, 1)],
  ['is no text', Buffer.from([0, 0xff, 0xd8])],
])('one that %s is not taken for other text', async (_, bytes) => {
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
  ['UTF-16 the other way round', Buffer.from('\ufeff{"ü":1}', 'utf16le').swap16()],
])('also when it is %s', async (_, bytes) => {
  const path = join(temporaryFolder(), 'metadata.json');
  writeFileSync(path, bytes);
  expect(await readUserFile(path)).toBe('{"ü":1}');
});

it('a file without a name is called so', async () => {
  expect(await failureOf(() => readUserFile(''))).toMatchObject({
    message: "'' cannot be read: there is no such file.",
  });
});

it.each([
  ['is not there', 'missing.json', 'there is no such file'],
  ['is a folder', '.', 'it is a folder'],
])('one that %s is an error of the command line', async (_, name, reason) => {
  const path = join(temporaryFolder(), name);
  expect(await failureOf(() => readUserFile(path))).toMatchObject({
    code: 'usage',
    message: `${path} cannot be read: ${reason}.`,
  });
});
