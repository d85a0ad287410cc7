import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { randomSecret } from '../../../src/io/embedded/random-secret.ts';
import { temporaryFolder } from '../../support/folder.ts';

it('is 32 bytes, never the same', () => {
  const secrets = Array.from({ length: 100 }, () => randomSecret());
  expect(new Set(secrets).size).toBe(100);
  for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
});

it('needs no device, and takes nothing else for one', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, Buffer.alloc(40, 'x'));
  for (const device of [file, temporaryFolder(), '/missing', '/dev/null']) {
    const [one, other] = [randomSecret(device), randomSecret(device)];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url')).toHaveLength(32);
  }
});

it('is what the device has', () => {
  expect(randomSecret('/dev/zero')).toBe(Buffer.alloc(32).toString('base64url'));
});
