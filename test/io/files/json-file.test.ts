import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type JsonFile, readJsonFile, writeJsonFile } from '../../../src/io/files/json-file.ts';
import { failureOf, noon } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

interface Content {
  readonly name: string;
}

/** A file that does not exist yet, in a folder that does not exist yet. */
function jsonFile(): JsonFile<Content> & { readonly folder: string; readonly warnings: string[] } {
  const folder = join(temporaryFolder(), 'config');
  const warnings: string[] = [];
  return {
    folder,
    warnings,
    path: join(folder, 'file.json'),
    schema: v.strictObject({ name: v.string() }),
    now: () => noon,
    warn: (message) => void warnings.push(message),
  };
}

function jsonFileWith(text: string | Buffer) {
  const file = jsonFile();
  mkdirSync(file.folder);
  writeFileSync(file.path, text);
  return file;
}

describe('a JSON file', () => {
  it('holds what was written, with its version', () => {
    const file = jsonFile();
    writeJsonFile(file, { name: 'ü🛒' });
    expect(readJsonFile(file)).toEqual({ name: 'ü🛒' });
    expect(readFileSync(file.path, 'utf8')).toBe('{\n  "version": 1,\n  "name": "ü🛒"\n}\n');
    expect(readdirSync(file.folder)).toEqual(['file.json']);
  });

  it('and its folder are readable only by their owner', () => {
    const file = jsonFile();
    writeJsonFile(file, { name: 'a' });
    expect([modeOf(file.folder), modeOf(file.path)]).toEqual(['700', '600']);
  });

  it('is made private again after others had access', () => {
    const file = jsonFileWith('{}');
    expect(modeOf(file.path)).not.toBe('600');
    writeJsonFile(file, { name: 'a' });
    expect(modeOf(file.path)).toBe('600');
  });

  it('that does not exist is undefined, and reading does not create it', () => {
    const file = jsonFile();
    expect(readJsonFile(file)).toBeUndefined();
    expect(existsSync(file.folder)).toBe(false);
    expect(file.warnings).toEqual([]);
  });
});

describe('a file that is not ours is set aside unchanged, with a warning:', () => {
  it.each<[string, string | Buffer]>([
    ['nothing at all', ''],
    ['text', 'hunter2'],
    ['broken JSON', '{"version":1,"name":"a"'],
    ['bytes', Buffer.from([0, 0xff, 0xfe])],
    ['a list', '[{"version":1}]'],
    ['null', 'null'],
    ['a number', '7'],
    ['another program’s object', '{"lockfileVersion":3}'],
    ['no version', '{"name":"a"}'],
    ['a version that is text', '{"version":"1","name":"a"}'],
    ['a version before the first', '{"version":0,"name":"a"}'],
    ['a missing member', '{"version":1}'],
    ['an extra member', '{"version":1,"name":"a","more":1}'],
    ['a member of another type', '{"version":1,"name":7}'],
  ])('%s', (_, content) => {
    const file = jsonFileWith(content);
    expect(readJsonFile(file)).toBeUndefined();
    const aside = `${file.path}.set-aside-20260601T120000Z`;
    expect(readFileSync(aside)).toEqual(Buffer.from(content));
    expect(readdirSync(file.folder)).toHaveLength(1);
    expect(file.warnings).toEqual([
      `${file.path} was not a valid anon-cli file. It was moved to ${aside}, and a new one takes its place.`,
    ]);
  });

  it('a second file within the same second, and neither is lost', () => {
    const file = jsonFileWith('first');
    readJsonFile(file);
    writeFileSync(file.path, 'second');
    readJsonFile(file);
    const contents = readdirSync(file.folder).map((name) => readFileSync(join(file.folder, name), 'utf8'));
    expect(contents.sort()).toEqual(['first', 'second']);
    expect(file.warnings[1]).toContain('.set-aside-20260601T120000Z-2,');
  });
});

describe('an unusable file stays where it is:', () => {
  it('one of a newer version', async () => {
    const text = '{"version":2,"name":{"first":"a"}}';
    const file = jsonFileWith(text);
    expect(await failureOf(() => readJsonFile(file))).toMatchObject({
      code: 'state_unusable',
      message: `${file.path} was written by a newer anon-cli.`,
      hint: 'Install a newer anon-cli from its repository; it is not in any package registry.',
    });
    expect(readFileSync(file.path, 'utf8')).toBe(text);
  });

  it('a folder with that name', async () => {
    const file = jsonFile();
    mkdirSync(file.path, { recursive: true });
    expect(await failureOf(() => readJsonFile(file))).toMatchObject({
      code: 'state_unusable',
      message: `${file.path} cannot be read: it is a folder.`,
    });
    expect(await failureOf(() => writeJsonFile(file, { name: 'a' }))).toMatchObject({
      code: 'state_unusable',
      message: expect.stringMatching(/cannot be written: /),
    });
    expect(statSync(file.path).isDirectory()).toBe(true);
  });

  it('one whose folder is a file', async () => {
    const { folder, ...file } = jsonFile();
    writeFileSync(folder, 'not a folder');
    expect(await failureOf(() => writeJsonFile(file, { name: 'a' }))).toMatchObject({
      code: 'state_unusable',
      message: expect.stringMatching(/^\S+config cannot be created: /),
      hint: 'Choose other folders with XDG_DATA_HOME and XDG_CONFIG_HOME, or set ANON_SAVE=0 to save no session.',
    });
    expect(readFileSync(folder, 'utf8')).toBe('not a folder');
  });
});
