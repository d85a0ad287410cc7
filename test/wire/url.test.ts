import { expect, it } from 'vitest';
import { parseUrl } from '../../src/wire/url.ts';

it('reads a URL, also after it was called so often that it is compiled', () => {
  for (let call = 0; call < 20_000; call += 1) {
    if (parseUrl('https://bücher.example')?.host !== 'xn--bcher-kva.example') throw new Error(`wrong at call ${call}`);
  }
  expect(parseUrl('callback', 'https://shop.example/a/b')?.href).toBe('https://shop.example/a/callback');
});

it.each(['', 'localhost', 'https://', '/callback', 'http://[::1'])('%j is not a URL', (text) => {
  expect(parseUrl(text)).toBeUndefined();
});
