import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webMessagePage } from '../../../../src/local/login/pages/response-pages.ts';
import { everyPage } from '../../../support/login-pages.ts';

const names = [...everyPage('').keys()];
const scripted = ['form post', 'web message'];

function pageNamed(name: string): Response {
  const found = everyPage('text').get(name);
  if (!found) throw new Error(`there is no page ${name}`);
  return found;
}

/** The directives of a page's CSP. */
function policyOf({ headers }: Response): Record<string, string> {
  const directives = (headers.get('content-security-policy') ?? '').split('; ');
  return Object.fromEntries(directives.map((text) => text.split(/ (.*)/s, 2)));
}

function hashOf(document: string, element: 'style' | 'script'): string {
  const [, content = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(document) ?? [];
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}

describe.each(names)('the page %s', (name) => {
  it('is HTML that no cache stores, and that leaks no address', async () => {
    const { headers, status } = pageNamed(name);
    expect(status).toBe(name === 'error' ? 400 : 200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe(name === 'web message' ? null : 'DENY');
  });

  it('has a policy for its style sheet, its script and nothing else', async () => {
    const made = pageNamed(name);
    const policy = policyOf(made);
    const document = await made.text();
    expect(policy).toEqual({
      'default-src': "'none'",
      'style-src': hashOf(document, 'style'),
      'img-src': 'data:',
      ...(scripted.includes(name) && { 'script-src': hashOf(document, 'script') }),
      'base-uri': "'none'",
      'frame-ancestors': name === 'web message' ? 'https://shop.example' : "'none'",
    });
  });

  it('names its language, and loads nothing', async () => {
    const document = await pageNamed(name).text();
    expect(document).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(document).not.toMatch(/\ssrc=|@import|url\(/);
    expect([...document.matchAll(/<link [^>]*href="([^"]*)"/g)].map(([, href]) => href?.slice(0, 5))).toEqual([
      'data:',
    ]);
  });
});

it('less than 3 KB of style', async () => {
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(await pageNamed('login').text()) ?? [];
  expect(style.length).toBeGreaterThan(0);
  expect(Buffer.byteLength(style)).toBeLessThan(3000);
});

it.each([
  ...['http://localhost:3000', 'https://shop.example', 'http://127.0.0.1:8080'].map((origin) => [origin, origin]),
  ['http://[::1]:3000', 'http:'],
])('a message to %s may be framed by %s', (targetOrigin, source) => {
  const made = webMessagePage({ targetOrigin, response: {} });
  expect(policyOf(made)['frame-ancestors']).toBe(source);
});
