import { describe, expect, it } from 'vitest';
import { parseOrigin, parseRedirectUrl } from '../../../src/domain/app/parse-url.ts';
import { failureOf } from '../../support/domain.ts';

const remote = { anyPort: false };
const callback = { noun: 'callback', fragments: false };

describe('an origin', () => {
  it.each([
    'http://localhost:3000',
    'https://app.example.com',
    'http://[::1]:8080',
    'https://*.example.com',
    'https://pr-*-web.example.com:8443',
    'https://{custom_domain.metadata.public_app}.example.com',
    'capacitor://localhost',
    'chrome-extension://abcdefghijklmnop',
  ])('%s is accepted unchanged', (text) => {
    expect(parseOrigin(text, remote)).toBe(text);
  });

  it.each([
    ['localhost:3000', 'it has no scheme', 'Did you mean http://localhost:3000?'],
    ['127.0.0.1', 'it has no scheme', 'Did you mean http://127.0.0.1?'],
    ['[::1]:3000', 'it has no scheme', "Did you mean 'http://[::1]:3000'?"],
    ['//app.example.com', 'it has no scheme', 'Did you mean https://app.example.com?'],
    ['app.example.com/shop', 'it has no scheme', 'Did you mean https://app.example.com?'],
    ['*.example.com', 'it has no scheme', "Did you mean 'https://*.example.com'?"],
    ['http:localhost:3000', 'after the scheme, // is missing', 'Did you mean http://localhost:3000?'],
    ['https:/app.example.com', 'after the scheme, // is missing', 'Did you mean https://app.example.com?'],
    ['htps://app.example.com', 'unknown scheme htps', 'Did you mean https://app.example.com?'],
    ['ws://localhost:3000', 'the scheme ws is not allowed', 'Use http or https.'],
    ['file:///home/me/index.html', 'the scheme file is not allowed', 'Use http or https.'],
    ['http://localhost:3000/', 'an origin ends without a slash', 'Did you mean http://localhost:3000?'],
    ['http://localhost:3000/callback', 'an origin has no path', 'Did you mean http://localhost:3000?'],
    ['http://localhost:3000?a=b', 'an origin has no query', 'Did you mean http://localhost:3000?'],
    ['http://localhost:3000#top', 'an origin has no fragment', 'Did you mean http://localhost:3000?'],
    ['https://app.example.com:443', 'browsers leave a default port out', 'Did you mean https://app.example.com?'],
    ['http://localhost:', 'browsers leave a default port out', 'Did you mean http://localhost?'],
    ['https://App.Example.com', 'browsers write it differently', 'Did you mean https://app.example.com?'],
    ['https://münchen.example', 'browsers write it differently', 'Did you mean https://xn--mnchen-3ya.example?'],
    ['http://localhost:99999', 'not an origin', 'Example: http://localhost:3000'],
    ['https://$HOST', 'its host is not a host name', undefined],
    ['null', 'every sandboxed page has it', expect.stringContaining('http://localhost:3000')],
    ['*', 'browsers refuse it for requests with cookies', expect.stringContaining('Name each origin.')],
    ['https://*.com', 'the wildcard must stand for a subdomain', "Example: 'https://*.example.com'"],
    ['https://app.*.example.com', 'the wildcard must be in the first part of the host', expect.any(String)],
    ['https://*.*.example.com', 'it has more than one wildcard', expect.any(String)],
    ['https://*.example.com/*', 'a wildcard stands for a subdomain, not for a part of the path', expect.any(String)],
    ['capacitor://*.example.com', 'only http and https URLs may have a wildcard', expect.any(String)],
    [
      'http://localhost:*',
      'a wildcard stands for a subdomain, not for a port',
      expect.stringContaining('Name the port'),
    ],
    ['https://{organization_name}.example.com', 'a call for a guest names no organization', expect.any(String)],
    ['https://{tenant}.example.com', 'unknown placeholder {tenant}', expect.any(String)],
    ['http://a.example,http://b.example', 'this is more than one', 'Separate them with spaces.'],
    ['http://local host:3000', 'it has a space or an invisible character', undefined],
    ['http://local\u200bhost:3000', 'it has a space or an invisible character', undefined],
  ])('%j is refused', async (text, reason, hint) => {
    const error = await failureOf(() => parseOrigin(text, remote));
    expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
      code: 'usage',
      message: `Invalid origin '${text}': ${reason}.`,
      hint,
    });
  });

  it('with a password is refused without repeating it', async () => {
    const error = await failureOf(() => parseOrigin('https://me:pass%40word@app.example.com', remote));
    expect(error).toMatchObject({
      message: "Invalid origin 'https://***@app.example.com': an origin has no user name.",
      hint: 'Did you mean https://app.example.com?',
    });
  });

  it('may have a wildcard as the port only at a local tenant', () => {
    expect(parseOrigin('http://localhost:*', { anyPort: true })).toBe('http://localhost:*');
  });

  it('is not empty, and not repeated in full when it is long', async () => {
    expect(await failureOf(() => parseOrigin('', remote))).toMatchObject({ message: 'The origin is empty.' });
    const { message } = await failureOf(() => parseOrigin(`http://localhost/${'x'.repeat(500)}`, remote));
    expect(message.length).toBeLessThan(150);
  });

  it('that is offered instead is accepted', async () => {
    for (const text of ['localhost:3000', 'HTTP://LOCALHOST:80/x?y', '//app.example.com', 'https:app.example.com']) {
      const { hint = '' } = await failureOf(() => parseOrigin(text, remote));
      const offered = /^Did you mean (.+)\?$/.exec(hint)?.[1] ?? '';
      expect(parseOrigin(offered, remote)).toBe(offered);
    }
  });
});

describe('a callback', () => {
  it.each([
    'http://localhost:3000',
    'http://localhost:3000/',
    'https://app.example.com:443/cb?tenant=a',
    'https://*.example.com/callback',
    'https://{organization_name}.example.com/callback',
    'com.example.app://login',
    'com.example.app:/login',
  ])('%s is accepted unchanged', (text) => {
    expect(parseRedirectUrl(text, callback)).toBe(text);
  });

  it.each([
    ['localhost:3000/callback', 'it has no scheme', 'Did you mean http://localhost:3000/callback?'],
    ['/callback', 'it has no scheme', 'Did you mean http://localhost:3000/callback?'],
    ['*.svc.cluster.local/callback', 'it has no scheme', "Did you mean 'https://*.svc.cluster.local/callback'?"],
    ['https:/a.example/cb', 'after the scheme, // is missing', 'Did you mean https://a.example/cb?'],
    ['javascript:alert(1)', 'the scheme javascript is not allowed', 'Use http or https.'],
    ['https://a.example/#cb', 'it has a fragment', 'Did you mean https://a.example/?'],
    ['https://a.example/*', 'a wildcard stands for a subdomain, not for a part of the path', expect.any(String)],
    ['http://localhost:*/cb', 'a wildcard stands for a subdomain, not for a port', expect.any(String)],
    ['https://*.{organization_name}.example.com', 'it has a placeholder and a wildcard', 'Use one of them.'],
    ['https://', 'not a URL', 'Example: http://localhost:3000/callback'],
  ])('%j is refused', async (text, reason, hint) => {
    const { message, hint: found } = await failureOf(() => parseRedirectUrl(text, callback));
    expect({ message, hint: found }).toEqual({ message: `Invalid callback '${text}': ${reason}.`, hint });
  });

  it('with a password is refused without repeating it', async () => {
    expect(await failureOf(() => parseRedirectUrl('https://me:word@a.example/cb', callback))).toMatchObject({
      message: "Invalid callback 'https://***@a.example/cb': it has a user name.",
      hint: 'Did you mean https://a.example/cb?',
    });
  });
});

it('a logout URL may have a fragment, which the service ignores', () => {
  const logout = { noun: 'logout URL', fragments: true };
  expect(parseRedirectUrl('https://a.example/#bye', logout)).toBe('https://a.example/#bye');
});
