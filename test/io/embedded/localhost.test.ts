import { expect, it } from 'vitest';
import { localhostAt, localPort } from '../../../src/io/embedded/localhost.ts';

it.each([
  [4400, 'localhost:4400'],
  [443, 'localhost'],
  [80, 'localhost:80'],
])('a tenant at port %i has the domain %s, and its issuer leads there', (port, domain) => {
  expect(localhostAt(port)).toBe(domain);
  expect(localPort(`https://${domain}/`)).toBe(port);
});

it('the issuer of another host says nothing about the port here', () => {
  expect(localPort('https://tenant.test:8443/')).toBeUndefined();
});
