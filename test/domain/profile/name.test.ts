import { expect, it } from 'vitest';
import { checkProfileName, profileNameFor } from '../../../src/domain/profile/name.ts';
import { failureOf } from '../../support/domain.ts';

it.each(['local', 'acme-staging', 'a', '9', 'A.b_c-d', 'x'.repeat(64)])('a profile can be named %s', (name) => {
  expect(checkProfileName(name)).toBe(name);
});

it.each([
  ['acme.eu.auth0.com', 'acme'],
  ['acme.auth0.com', 'acme'],
  ['login.acme.com', 'login.acme.com'],
  ['acme.example:8443', 'acme.example-8443'],
  ['http://localhost:4400', 'localhost-4400'],
  ['http://[::1]:4400', '1--4400'],
  ['acme.evil-auth0.com', 'acme.evil-auth0.com'],
])('the tenant %s is named %s by default', (domain, name) => {
  expect(profileNameFor(domain)).toBe(name);
});

it.each([
  '',
  '.',
  '..',
  '../x',
  '.hidden',
  '-x',
  '_x',
  'a/b',
  'a\\b',
  'a b',
  'ä',
  'a\n',
  'x'.repeat(65),
  'constructor',
  'prototype',
])('a profile cannot be named %j: its name is also a file name', async (name) => {
  expect(await failureOf(() => checkProfileName(name))).toMatchObject({
    code: 'usage',
    message: `Invalid profile name '${name.slice(0, 80)}'.`,
  });
});
