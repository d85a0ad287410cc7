import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowsOrigin,
  isOrigin,
  originKeys,
  originPattern,
  originPatterns,
  patternKey,
} from '../../src/wire/allowed-origin.ts';

describe('a URL in a list of an application', () => {
  it.each([
    ['https://a.example', 'https://a.example'],
    ['https://a.example/', 'https://a.example'],
    ['HTTPS://A.Example:443', 'https://a.example'],
    ['http://a.example:443', 'http://a.example:443'],
    ['http://localhost:80', 'http://localhost'],
    ['http://[0:0::1]:3000', 'http://[::1]:3000'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://*.shop.example', 'https://*.shop.example'],
    ['https://pr-*-web.shop.example:8443', 'https://pr-*-web.shop.example:8443'],
    ['http://localhost:*', 'http://localhost:*'],
    ['HTTPS://127.0.0.1:*/', 'https://127.0.0.1:*'],
    ['http://[::1]:*', 'http://[::1]:*'],
    ['capacitor://localhost', 'capacitor://localhost'],
  ])('%s stands for %s', (url, pattern) => {
    expect(originPattern(url, 'web_origins')).toBe(pattern);
    expect(originPattern(url, 'callbacks')).toBe(pattern);
  });

  it.each([
    'null',
    '',
    '*',
    'localhost:3000',
    'file:///home/me',
    'com.example.app:/signed-in',
    'blob:https://a.example/1',
    'https://*',
    'https://*.com',
    'https://sub.*.shop.example',
    'https://*.*.shop.example',
    'https://*-*.shop.example',
    'https://*.shop.example.',
    'app://*.shop.example',
    'https://a.example:*',
    'https://localhost.example:*',
    'http://localhost:*0',
    'http://me@localhost:*',
    'http://localhost:*:*',
    'https://*.localhost:*',
  ])('%j stands for no origin', (url) => {
    expect(originPattern(url, 'web_origins')).toBeUndefined();
    expect(originPattern(url, 'callbacks')).toBeUndefined();
  });

  it.each(['https://a.example/shop', 'https://a.example?', 'https://a.example#top', 'https://localhost:*@a.example'])(
    'may be more than an origin only as a callback: %s',
    (url) => {
      const isMore = !url.endsWith('?');
      expect(originPattern(url, 'callbacks')).toBe('https://a.example');
      expect(originPattern(url, 'web_origins')).toBe(isMore ? undefined : 'https://a.example');
      expect(originPattern(url, 'allowed_origins')).toBe(isMore ? undefined : 'https://a.example');
    },
  );

  it('is skipped where it is not text, and a list where it is none', () => {
    const app = { web_origins: [7, null, 'https://a.example'], allowed_origins: 'https://b.example', callbacks: null };
    expect(originPatterns(app)).toEqual(['https://a.example']);
  });
});

describe('an Origin header', () => {
  it.each([
    'https://a.example',
    'http://localhost',
    'http://localhost:3000',
    'http://[::1]:3000',
    'capacitor://localhost',
  ])('has an origin as browsers write it: %s', (text) => expect(isOrigin(text)).toBe(true));

  it.each([
    'null',
    '',
    'https://a.example/',
    'https://a.example:443',
    'http://a.example:80',
    'https://A.example',
    'HTTPS://a.example',
    'https://me@a.example',
    'https://a.example, https://b.example',
    'https://a.example https://b.example',
    'https://a.example?',
    'http://[0:0::1]:3000',
    'http://127.1',
    'a.example',
    '//a.example',
    'file://',
    'https://*.a.example',
    'http://localhost:*',
    'https://bücher.example',
  ])('is not one otherwise: %j', (text) => expect(isOrigin(text)).toBe(false));
});

describe('a wildcard', () => {
  it.each([
    ['https://*.shop.example', 'https://a.shop.example', true],
    ['https://*.shop.example', 'https://shop.example', false],
    ['https://*.shop.example', 'https://.shop.example', false],
    ['https://*.shop.example', 'https://a.b.shop.example', false],
    ['https://*.shop.example', 'https://ashop.example', false],
    ['https://*.shop.example', 'https://a.shop.example:8443', false],
    ['https://*.shop.example', 'http://a.shop.example', false],
    ['https://*.shop.example', 'https://a.shop.example.evil.example', false],
    ['https://*.shop.example:8443', 'https://a.shop.example:8443', true],
    ['https://pr-*-web.shop.example', 'https://pr-7-web.shop.example', true],
    ['https://pr-*-web.shop.example', 'https://pr--web.shop.example', false],
    ['https://pr-*-web.shop.example', 'https://pr-web.shop.example', false],
    ['https://pr-*.shop.example', 'https://pr-.shop.example', false],
    ['http://localhost:*', 'http://localhost:3000', true],
    ['http://localhost:*', 'http://localhost', true],
    ['http://localhost:*', 'https://localhost:3000', false],
    ['http://localhost:*', 'http://127.0.0.1:3000', false],
    ['http://localhost:*', 'http://localhost.evil.example', false],
    ['http://localhost:*', 'http://a.localhost:3000', false],
    ['http://127.0.0.1:*', 'http://127.0.0.1:65535', true],
    ['http://[::1]:*', 'http://[::1]:3000', true],
  ])('%s allows %s: %s', (url, origin, allowed) => {
    expect(allowsOrigin({ allowed_origins: [url] }, origin)).toBe(allowed);
  });
});

describe('the keys by which applications are found', () => {
  const label = fc.stringMatching(/^[a-z\d]([a-z\d-]{0,6}[a-z\d])?$/);
  const port = fc.constantFrom('', ':3000', ':8443');
  const scheme = fc.constantFrom('http', 'https');
  const host = fc.oneof(
    fc.constantFrom('localhost', '127.0.0.1', '[::1]', 'a.example'),
    fc.tuple(label, label).map(([one, other]) => `${one}.${other}.example`),
  );
  const origins = fc.tuple(scheme, host, port).map(([protocol, name, end]) => `${protocol}://${name}${end}`);
  const urls = fc.oneof(
    origins,
    fc.constantFrom('http://localhost:*', 'https://127.0.0.1:*', 'http://[::1]:*'),
    fc.tuple(scheme, label, label, label, port).map(([protocol, start, end, parent, at]) => {
      return `${protocol}://${start}*${end}.${parent}.example${at}`;
    }),
    fc.tuple(scheme, label, port).map(([protocol, parent, at]) => `${protocol}://*.${parent}.example${at}`),
  );

  it('are those of the origin for every origin that a URL allows', () => {
    fc.assert(
      fc.property(urls, origins, (url, origin) => {
        const pattern = originPattern(url, 'web_origins') ?? '';
        if (allowsOrigin({ web_origins: [url] }, origin)) expect(originKeys(origin)).toContain(patternKey(pattern));
      }),
      { numRuns: 2000 },
    );
    expect(originKeys('https://pr-7.shop.example:8443')).toContain(patternKey('https://pr-*.shop.example:8443'));
    expect(originKeys('http://localhost')).toContain(patternKey('http://localhost:*'));
  });

  it('are few', () => {
    fc.assert(
      fc.property(origins, (origin) => {
        expect(originKeys(origin).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
