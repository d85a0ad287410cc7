import { describe, expect, it } from 'vitest';
import { loginPage, signUpPage } from '../../../../src/local/login/pages/login-pages.ts';
import { logoutPage } from '../../../../src/local/login/pages/logout-page.ts';
import { formPostPage, webMessagePage } from '../../../../src/local/login/pages/response-pages.ts';
import { everyPage, loginRequest, signUpRequest } from '../../../support/login-pages.ts';

const user = { id: 'auth0|1', email: 'jane@example.com', name: 'Jane' };

const attacks = [
  '<script>hacked()</script>',
  '</title><script>hacked()</script>',
  '</script><script>hacked()</script>',
  '<!--<script>',
  '"><img src=x onerror=hacked()>',
  "' onfocus='hacked()' autofocus='",
  '" onfocus="hacked()" autofocus="',
  '</style><base href=//evil.example>',
  'javascript:hacked()',
  '&quot;&gt;&lt;script&gt;',
  'a\u2028b\u2029c',
  'a\0<b',
  'a\r\n<b>',
  '\ud800<b>',
];

/** The tags of a document, without the values of their attributes: what the page consists of. */
function tagsOf(document: string): string[] {
  return (document.match(/<[^<>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
}

describe.each([...everyPage('').keys()])('the page %s', (name) => {
  it.each(attacks)('consists of the same elements with %j in every parameter', async (attack) => {
    const [harmless, attacked] = await Promise.all(['x', attack].map((text) => everyPage(text).get(name)?.text()));
    expect(tagsOf(attacked ?? '')).toEqual(tagsOf(harmless ?? ''));
    expect(attacked).not.toContain('\0');
  });
});

describe.each(['javascript:hacked()', ' JavaScript:hacked()', 'data:text/html,hacked'])('the address %j', (url) => {
  it.each<[string, () => Response]>([
    ['action of the login page', () => loginPage({ ...loginRequest, action: url })],
    ['action of a user', () => loginPage({ ...loginRequest, action: url, users: [user] })],
    ['signUpUrl', () => loginPage({ ...loginRequest, signUpUrl: url })],
    ['action of the sign-up page', () => signUpPage({ ...signUpRequest, action: url })],
    ['loginUrl', () => signUpPage({ ...signUpRequest, loginUrl: url })],
    ['action of the logout page', () => logoutPage({ action: url, state: 'a' })],
    ['redirect URI', () => formPostPage(url, [])],
    ['target origin', () => webMessagePage({ targetOrigin: url, response: {} })],
  ])('is refused as %s', (_, make) => {
    expect(make).toThrow(TypeError);
  });
});

it.each([
  ...['*', '/', 'https://shop.example/', 'https://shop.example/cb', 'HTTPS://shop.example', 'com.example.app://cb'],
  ...['https://shop.example;sandbox', 'https://shop.example,evil.example', 'ftp://shop.example', 'null'],
])('a message is not sent to %j', (targetOrigin) => {
  expect(() => webMessagePage({ targetOrigin, response: {} })).toThrow(TypeError);
});
