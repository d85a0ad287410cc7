import { randomBytes } from 'node:crypto';

/** A password for a new user: 24 letters, digits, `-` and `_`, of at least three kinds, as the service's policy demands. */
export function newPassword(): string {
  for (;;) {
    const password = randomBytes(18).toString('base64url');
    if ([/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(password)) && !password.startsWith('-')) return password;
  }
}
