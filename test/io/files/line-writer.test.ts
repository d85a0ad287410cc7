import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineWriter } from '../../../src/io/files/line-writer.ts';
import { temporaryFolder } from '../../support/folder.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => `${index} ${'x'.repeat(1000)}\n`);

function namedPipe(): string {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

describe('written lines', () => {
  it.each([1, 4, 50, 256])(
    'are in the file in order, each once its promise resolves, with %i writers',
    async (writers) => {
      const path = join(temporaryFolder(), 'lines');
      const descriptor = openSync(path, 'wx');
      const lines = lineWriter(descriptor, writers);
      const written = upTo(50).map(async (line) => {
        expect(await lines.write(line)).toBe(true);
        expect(readFileSync(path, 'utf8')).toContain(line);
      });
      await Promise.all(written);
      closeSync(descriptor);
      expect(readFileSync(path, 'utf8')).toBe(upTo(50).join(''));
    },
  );

  it.each([1, 4, 32])(
    'of %i writers, each of which waits for its line before the next, are all there',
    async (writers) => {
      const path = join(temporaryFolder(), 'lines');
      const descriptor = openSync(path, 'wx');
      const lines = lineWriter(descriptor, writers);
      const all = upTo(200);
      let next = 0;
      const write = async () => {
        for (let line = all[next]; line !== undefined; line = all[next]) {
          next += 1;
          expect(await lines.write(line)).toBe(true);
          expect(readFileSync(path, 'utf8')).toContain(line);
        }
      };
      await Promise.all(Array.from({ length: writers }, write));
      closeSync(descriptor);
      expect(readFileSync(path, 'utf8')).toBe(all.join(''));
    },
  );

  it('go out although no other writer has one', async () => {
    const path = join(temporaryFolder(), 'lines');
    const descriptor = openSync(path, 'wx');
    const lines = lineWriter(descriptor, 256);
    expect([await lines.write('a\n'), await lines.write('b\n')]).toEqual([true, true]);
    closeSync(descriptor);
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
  });

  it('wait for the reader of a pipe, even a non-blocking one', async () => {
    const path = namedPipe();
    const end = openSync(path, 'r+');
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    const reader = spawn('sh', ['-c', 'sleep 0.3; exec cat'], { stdio: [end, 'pipe', 'inherit'] });
    closeSync(end);
    const lines = lineWriter(descriptor);
    let read = '';
    reader.stdout?.on('data', (text) => {
      read += text;
    });
    const all = Promise.all(upTo(500).map((line) => lines.write(line)));
    expect(await Promise.race([all, once(reader.stdout ?? reader, 'data').then(() => 'read')])).toBe('read');
    expect(new Set(await all)).toEqual(new Set([true]));
    closeSync(descriptor);
    while (read.length < upTo(500).join('').length) await once(reader.stdout ?? reader, 'data');
    reader.kill();
    await once(reader, 'exit');
    expect(read).toBe(upTo(500).join(''));
  });

  it('resolve to false when the reader is gone', async () => {
    const path = namedPipe();
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const descriptor = openSync(path, 'w');
    const lines = lineWriter(descriptor);
    expect(await lines.write('a\n')).toBe(true);
    closeSync(reader);
    expect([await lines.write('b\n'), await lines.write('c\n')]).toEqual([false, false]);
    closeSync(descriptor);
  });

  it('that cannot be written are a failure, and so are later ones', async () => {
    const descriptor = openSync('/dev/full', 'w');
    const lines = lineWriter(descriptor);
    await expect(lines.write('a\n')).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(lines.write('b\n')).rejects.toMatchObject({ code: 'ENOSPC' });
    closeSync(descriptor);
  });
});
