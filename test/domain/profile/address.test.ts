import { describe, expect, it } from 'vitest';
import { addressOf, parseTenantDomain } from '../../../src/domain/profile/address.ts';
import { failureOf } from '../../support/domain.ts';

describe("a tenant's domain", () => {
  it.each([
    ['acme.eu.auth0.com', 'acme.eu.auth0.com'],
    ['https://acme.eu.auth0.com', 'acme.eu.auth0.com'],
    ['https://acme.eu.auth0.com/', 'acme.eu.auth0.com'],
    ['ACME.EU.auth0.com', 'acme.eu.auth0.com'],
    ['login.acme.example:8443', 'login.acme.example:8443'],
    ['acme.example:443', 'acme.example'],
    ['localhost:4400', 'localhost:4400'],
    ['http://localhost:4400', 'http://localhost:4400'],
    ['http://127.0.0.1:4400/', 'http://127.0.0.1:4400'],
    ['http://[::1]:4400', 'http://[::1]:4400'],
  ])('%s is saved as %s', (text, domain) => {
    expect(parseTenantDomain(text)).toBe(domain);
  });

  it.each([
    ['http://acme.eu.auth0.com', 'plain http is allowed only for this machine'],
    ['http://localhost.evil.example', 'plain http is allowed only for this machine'],
    ['http://127.0.0.1.evil.example', 'plain http is allowed only for this machine'],
    ['ftp://acme.example', 'only https is supported'],
    ['file:///etc/passwd', 'only https is supported'],
    ['acme.example/authorize', 'give only the host, without a path'],
    ['acme.example?x=1', 'give only the host, without a path'],
    ['acme.example#top', 'give only the host, without a path'],
    ['acme example', 'not a host name'],
    ['', 'not a host name'],
    ['acme.example:99999', 'not a host name'],
  ])('%j is refused: %s', async (text, reason) => {
    expect(await failureOf(() => parseTenantDomain(text))).toMatchObject({
      code: 'usage',
      message: `Invalid tenant domain '${text}': ${reason}.`,
      hint: 'Example: acme.eu.auth0.com',
    });
  });

  it.each([
    ['https://user:hunter2@acme.example', 'https://***@acme.example'],
    ['user:hunter2@acme.example', '***@acme.example'],
    ['https://hunter2@acme.example/x', 'https://***@acme.example/x'],
    [`https://user:${'hunter2'.repeat(20)}@acme.example`, 'https://***@acme.example'],
  ])('may not hold a user name, and a password in it is not repeated: %s', async (text, shown) => {
    expect(await failureOf(() => parseTenantDomain(text))).toMatchObject({
      code: 'usage',
      message: `Invalid tenant domain '${shown}': a user name is not allowed.`,
    });
  });
});

it.each([
  ['acme.eu.auth0.com', { issuer: 'https://acme.eu.auth0.com/', baseUrl: 'https://acme.eu.auth0.com' }],
  ['localhost:4400', { issuer: 'https://localhost:4400/', baseUrl: 'https://localhost:4400' }],
  ['http://localhost:4400', { issuer: 'https://localhost:4400/', baseUrl: 'http://localhost:4400' }],
])('%s is shown and reached as %o', (domain, address) => {
  expect(addressOf(domain)).toEqual(address);
});
