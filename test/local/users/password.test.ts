import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword, isPassword, passwordProblem } from '../../../src/local/users/password.ts';
import { sequenceOfBytes } from '../../support/local.ts';

const hashed = (password: string, name?: string) => hashPassword(sequenceOfBytes(name), password);

describe('the hash of a password', () => {
  it('is scrypt with its salt and cost, as node:crypto computes it', async () => {
    const [, name, , salt = '', hash] = (await hashed('Correct-horse1')).split('$');
    expect(name).toBe('scrypt');
    const options = { N: 16_384, r: 8, p: 1 };
    const expected = scryptSync('Correct-horse1', Buffer.from(salt, 'base64url'), 32, options);
    expect(hash).toBe(expected.toString('base64url'));
  });

  it('differs for the same password with another salt', async () => {
    expect(await hashed('Correct-horse1', 'a')).not.toBe(await hashed('Correct-horse1', 'b'));
  });

  it('belongs to one password, however its letters are encoded', async () => {
    const user = { password_hash: await hashed('Grüße-aus-Köln1'.normalize('NFC')) };
    expect(await isPassword(user, 'Grüße-aus-Köln1'.normalize('NFD'))).toBe(true);
    expect(await isPassword(user, 'grüße-aus-Köln1')).toBe(false);
    expect(await isPassword(user, '')).toBe(false);
  });

  it('is compared with its own cost', async () => {
    const salt = Buffer.alloc(16, 1);
    const hash = scryptSync('Correct-horse1', salt, 32, { N: 2048, r: 8, p: 2 });
    const user = { password_hash: `$scrypt$ln=11,r=8,p=2$${salt.toString('base64url')}$${hash.toString('base64url')}` };
    expect(await isPassword(user, 'Correct-horse1')).toBe(true);
  });

  it.each([
    ['no user', undefined],
    ['a user without a password', {}],
    ['a hash of another kind', { password_hash: '$2b$10$abcdefghijklmnopqrstuv' }],
    [
      'a cost that would stop the tenant',
      { password_hash: `$scrypt$ln=30,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}` },
    ],
  ])('is computed for %s too, and never matches', async (_, user) => {
    const clock = performance.now();
    expect(await isPassword(user, 'Correct-horse1')).toBe(false);
    // A refusal without the work takes less than 1 ms.
    expect(performance.now() - clock).toBeGreaterThan(5);
  });
});

describe('a new password', () => {
  it.each(['Abcdefg1', 'abcdefg1!', 'ABCDEFG1!', 'Abcdefg ', 'passpass$12$12'])('may be %s', (password) => {
    expect(passwordProblem(password)).toBeUndefined();
  });

  it.each(['', 'Abcde1!', 'abcdefgh1', 'ABCDEFGH!', '12345678!', 'äöüÄÖÜß123'])('may not be %s', (password) => {
    expect(passwordProblem(password)).toContain('at least 8 characters');
  });
});
