import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { parse } from 'node:path';
import { expect, it } from 'vitest';
import { keepPrivate } from '../../../src/io/files/private-mode.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

/** An open path of another user: root gives a file away; for other users, the root folder is root's. */
function ofAnotherUser(): string {
  if (process.getuid?.() !== 0) return parse(process.cwd()).root;
  const path = fileOfMode(0o644);
  chownSync(path, 65_534, 65_534);
  return path;
}

function fileOfMode(mode: number): string {
  const path = `${temporaryFolder()}/profiles.json`;
  writeFileSync(path, '{}');
  chmodSync(path, mode);
  return path;
}

it('a file of another user is reported once and left unchanged', () => {
  const path = ofAnotherUser();
  const mode = modeOf(path);
  const warnings: string[] = [];
  for (const _ of [1, 2]) keepPrivate(path, (warning) => warnings.push(warning));
  expect(warnings).toEqual([
    `${path} is open to other users (mode 0${mode}), and its mode cannot be changed: it belongs to another user.`,
  ]);
  expect(modeOf(path)).toBe(mode);
});

it.each(['0644', '0660', '0601', '0606'])('our own open file (%s) is made private with a warning', (mode) => {
  const path = fileOfMode(Number.parseInt(mode, 8));
  const warnings: string[] = [];
  for (const _ of [1, 2]) keepPrivate(path, (warning) => warnings.push(warning));
  expect(warnings).toEqual([`${path} was open to other users (mode ${mode}). Its mode is now 0600.`]);
  expect(modeOf(path)).toBe('600');
});

it('a private or missing file is not reported', () => {
  const warn = () => expect.unreachable();
  keepPrivate(fileOfMode(0o600), warn);
  keepPrivate(`${temporaryFolder()}/none`, warn);
});
