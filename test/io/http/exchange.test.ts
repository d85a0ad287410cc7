import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withoutCoding } from '../../../src/io/http/exchange.ts';
import { httpFetch } from '../../../src/io/http/http.ts';
import { failureOf } from '../../support/domain.ts';
import { answering } from '../../support/http-server.ts';

const body = JSON.stringify({ keys: [], text: 'ü€'.repeat(1000) });
const get = { method: 'GET', headers: {} };
const fetching = () => httpFetch('https://acme.example', { env: {}, signal: new AbortController().signal });

describe('an answer that is compressed although that was not requested', () => {
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', (bytes) => gzipSync(bytes)],
    ['x-gzip', (bytes) => gzipSync(bytes)],
    ['GZIP', (bytes) => gzipSync(bytes)],
    ['deflate', (bytes) => deflateSync(bytes)],
    ['deflate', (bytes) => deflateRawSync(bytes)],
    ['br', (bytes) => brotliCompressSync(bytes)],
    ['gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
    ['identity', (bytes) => bytes],
    ['', (bytes) => bytes],
  ])('in %s is read', async (coding, compress) => {
    const asked: (string | undefined)[] = [];
    const url = await answering((request, response) => {
      asked.push(request.headers['accept-encoding'] as string | undefined);
      response.writeHead(200, { 'content-encoding': coding }).end(compress(Buffer.from(body)));
    });
    const answer = await fetching()(url, get);
    expect([await answer.text(), await answer.text()]).toEqual([body, body]);
    expect(asked).toEqual(['identity']);
  });

  it.each([
    ['gzip', 'no gzip at all', 'The answer is declared as gzip but is not.'],
    ['br', 'no brotli at all', 'The answer is declared as br but is not.'],
    ['compress', 'LZW', 'The answer has an unknown content encoding (compress).'],
    ['__proto__', 'x', 'The answer has an unknown content encoding (__proto__).'],
  ])('in invalid %s is an error that names the encoding', async (coding, text, message) => {
    const url = await answering((_, response) => response.writeHead(200, { 'content-encoding': coding }).end(text));
    const answer = await fetching()(url, get);
    expect(await failureOf(() => answer.text())).toMatchObject({ code: 'response_invalid', message });
  });

  it('stays empty if it has no text', async () => {
    const url = await answering((_, response) => response.writeHead(204, { 'content-encoding': 'gzip' }).end());
    expect(await (await fetching()(url, get)).text()).toBe('');
  });

  it('that would fill the memory is cut off first', async () => {
    const bomb = gzipSync(Buffer.alloc(2 ** 20));
    expect(bomb.length).toBeLessThan(2000);
    expect(await failureOf(() => withoutCoding(bomb, 'gzip', 1000))).toMatchObject({
      message: 'The answer is too large once decompressed.',
    });
    expect(await withoutCoding(bomb, 'gzip', 2 ** 20)).toHaveLength(2 ** 20);
  });
});
