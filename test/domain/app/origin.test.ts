import { describe, expect, it } from 'vitest';
import { comparable, originOf } from '../../../src/domain/app/origin.ts';
import { coversOrigin } from '../../../src/wire/allowed-origin.ts';

describe('the origin of a URL', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://localhost:3000/callback?a=b#c', 'http://localhost:3000'],
    ['HTTPS://App.Example.com:443/', 'https://app.example.com'],
    ['http://app.example.com:80', 'http://app.example.com'],
    ['https://app.example.com:80', 'https://app.example.com:80'],
    ['https://user:secret@app.example.com/', 'https://app.example.com'],
    ['http://[::1]:3000/x', 'http://[::1]:3000'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['https://*.example.com/callback', 'https://*.example.com'],
    ['http://localhost:*', 'http://localhost:*'],
    ['http://localhost:*/callback', 'http://localhost:*'],
    [
      'https://{custom_domain.metadata.public_App}.example.com/x',
      'https://{custom_domain.metadata.public_App}.example.com',
    ],
    ['localhost:3000', undefined],
    ['com.example.app:/callback', undefined],
    ['https:///x', undefined],
    ['http://localhost:99999', undefined],
    ['', undefined],
  ])('%j is %j', (url, origin) => {
    expect(originOf(url)).toBe(origin);
  });
});

describe('an allowed origin', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:3000', true],
    ['http://localhost:3000', 'http://localhost:3001', false],
    ['http://localhost:3000', 'https://localhost:3000', false],
    ['https://*.example.com', 'https://app.example.com', true],
    ['https://*.example.com', 'https://example.com', false],
    ['https://*.example.com', 'https://a.b.example.com', false],
    ['https://*.example.com', 'https://app.example.com:8443', false],
    ['https://*.example.com', 'http://app.example.com', false],
    ['https://*.example.com', 'https://app.exampleXcom', false],
    ['https://*.example.com', 'https://app.example.com.evil.example', false],
    ['https://pr-*-web.example.com', 'https://pr-17-web.example.com', true],
    ['https://pr-*-web.example.com', 'https://pr--web.example.com', false],
    ['http://localhost:*', 'http://localhost:3000', true],
    ['http://localhost:*', 'http://localhost', true],
    ['http://localhost:*', 'http://localhost.evil.example:3000', false],
    ['http://localhost:*', 'https://localhost:3000', false],
    ['http://127.0.0.1:*', 'http://127a0.0.1:3000', false],
  ])('%j covers %j: %j', (allowed, origin, result) => {
    expect(coversOrigin(allowed, origin)).toBe(result);
  });
});

describe('two texts', () => {
  it.each([
    ['https://app.example.com:443/cb', 'HTTPS://App.example.com/cb', true],
    ['http://localhost:80', 'http://localhost', true],
    ['http://localhost:8080', 'http://localhost', false],
    ['https://app.example.com/', 'https://app.example.com', false],
    ['https://app.example.com/CB', 'https://app.example.com/cb', false],
    ['com.example.app:/cb', 'com.example.app:/cb', true],
  ])('%j and %j are the same URL: %j', (one, other, result) => {
    expect(comparable(one) === comparable(other)).toBe(result);
  });
});
