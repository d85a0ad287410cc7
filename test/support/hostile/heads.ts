import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { type Heard, nasty, valuesIn } from './bodies.ts';

/** The headers of a response, and its body as it is transferred. */
export interface Framed {
  readonly lines: readonly string[];
  readonly body: Buffer;
}

type Head = (body: Buffer, heard: Heard) => Framed;

const json = 'Content-Type: application/json; charset=utf-8';

function sized(body: Buffer, ...lines: readonly string[]): Framed {
  return { lines: [...lines, `Content-Length: ${body.length}`], body };
}

const oneLine = (text: string) => text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 2000);

/** 64 MB of spaces, compressed to a few bytes: more than any response may be. Created once, when it is sent. */
let bomb: Buffer | undefined;

function compressedBomb(): Buffer {
  bomb ??= gzipSync(Buffer.alloc(80 * 2 ** 20, ' '), { level: 9 });
  return bomb;
}

export const heads: Readonly<Record<string, Head>> = {
  'as they should be': (body) => sized(body, json),
  'chunked, as they may be': (body) => ({ lines: [json, 'Transfer-Encoding: chunked'], body: chunked(body) }),
  'none at all': (body) => ({ lines: [], body }),
  'no content-type': (body) => sized(body),
  'an HTML content-type': (body) => sized(body, 'Content-Type: text/html'),
  'a nonsense content-type': (body) => sized(body, 'Content-Type: ;;;=,/"'),
  'two content-types': (body) => sized(body, json, 'Content-Type: text/html'),
  'another charset': (body) => sized(body, 'Content-Type: application/json; charset=utf-16'),
  'a gzip mark without gzip': (body) => sized(body, json, 'Content-Encoding: gzip'),
  gzip: (body) => sized(body.length > 0 ? gzipSync(body) : body, json, 'Content-Encoding: gzip'),
  'gzip without its mark': (body) => sized(gzipSync(body), json),
  'gzip cut short': (body) => sized(gzipSync(body).subarray(0, -9), json, 'Content-Encoding: gzip'),
  'gzip twice': (body) => sized(gzipSync(gzipSync(body)), json, 'Content-Encoding: gzip, gzip'),
  'gzip that blows up': () => sized(compressedBomb(), json, 'Content-Encoding: gzip'),
  brotli: (body) =>
    sized(body.length > 0 ? brotliCompressSync(body.subarray(0, 1e6)) : body, json, 'Content-Encoding: br'),
  deflate: (body) => sized(deflateRawSync(body), json, 'Content-Encoding: deflate'),
  'a coding nobody knows': (body) => sized(body, json, 'Content-Encoding: x-secret, zstd'),
  'a length too long': (body) => ({ lines: [json, `Content-Length: ${body.length + 1000}`], body }),
  'a length too short': (body) => ({ lines: [json, `Content-Length: ${Math.floor(body.length / 2)}`], body }),
  'two lengths': (body) => sized(body, json, 'Content-Length: 1'),
  'a negative length': (body) => ({ lines: [json, 'Content-Length: -1'], body }),
  'a length beyond all': (body) => ({ lines: [json, 'Content-Length: 99999999999999999999999'], body }),
  'a length and chunks': (body) => ({
    lines: [json, 'Content-Length: 3', 'Transfer-Encoding: chunked'],
    body: chunked(body),
  }),
  'garbage for chunks': (body) => ({
    lines: [json, 'Transfer-Encoding: chunked'],
    body: Buffer.concat([Buffer.from('xyz\r\n'), body]),
  }),
  'a chunk beyond all': (body) => ({
    lines: [json, 'Transfer-Encoding: chunked'],
    body: Buffer.concat([Buffer.from('ffffffffffffffffff\r\n'), body]),
  }),
  'chunks without an end': (body) => ({
    lines: [json, 'Transfer-Encoding: chunked'],
    body: chunked(body).subarray(0, -5),
  }),
  'a header of 10 KB': (body) => sized(body, json, `X-Long: ${'a'.repeat(10_000)}`),
  'a header of 1 MB': (body) => sized(body, json, `X-Long: ${'a'.repeat(2 ** 20)}`),
  'two thousand headers': (body) => sized(body, json, ...Array.from({ length: 2000 }, (_, nth) => `X-${nth}: ${nth}`)),
  'a hundred cookies': (body) =>
    sized(body, json, ...Array.from({ length: 100 }, (_, nth) => `Set-Cookie: auth0_anon=${nth}; HttpOnly`)),
  'a date in the year 9999': (body) => sized(body, json, 'Date: Fri, 31 Dec 9999 23:59:59 GMT'),
  'a date that is none': (body) => sized(body, json, 'Date: yesterday', 'Expires: NaN', 'Age: -1'),
  'a date two hours ago': (body) => sized(body, json, 'Date: Mon, 01 Jun 2026 10:00:00 GMT'),
  'two dates': (body) =>
    sized(body, json, 'Date: Mon, 01 Jun 2026 10:00:00 GMT', 'Date: Fri, 31 Dec 1999 10:00:00 GMT'),
  'a cache for ever': (body) =>
    sized(body, json, 'Cache-Control: max-age=99999999999999999999, no-store=?, s-maxage=NaN'),
  'rate limits that are none': (body) =>
    sized(body, json, 'X-RateLimit-Limit: NaN', 'X-RateLimit-Remaining: -1', 'X-RateLimit-Reset: 1e999'),
  'a header without a colon': (body) => sized(body, json, 'Nonsense'),
  'a header with control characters': (body) =>
    sized(body, json, `X-Auth0-RequestId: ${nasty.replaceAll(/[\r\n\0]/g, '')}`),
  'a folded header': (body) => sized(body, json, 'X-Folded: one\r\n two'),
  'a switch to another protocol': (body) => sized(body, json, 'Connection: Upgrade', 'Upgrade: h2c'),
  'another origin to go to': (body) =>
    sized(
      body,
      json,
      'Alt-Svc: h3=":443"',
      'Refresh: 0; url=http://127.0.0.1:1/',
      'Link: <http://127.0.0.1:1/>; rel="next"',
    ),
  'the secrets of the request': (body, heard) => {
    const echoed = oneLine(valuesIn(heard).join(' '));
    return sized(
      body,
      json,
      `X-Auth0-RequestId: ${echoed}`,
      `WWW-Authenticate: Bearer error="${echoed}"`,
      `Warning: 199 - "${echoed}"`,
    );
  },
  'a request id that is a secret': (body, heard) =>
    sized(body, json, `X-Auth0-RequestId: ${oneLine(valuesIn(heard)[1] ?? '')}`),
  'an end to the connection': (body) => sized(body, json, 'Connection: close'),
};

/** The ones that do not change the meaning of a response. */
export const harmlessHeads: readonly string[] = [
  ...['as they should be', 'chunked, as they may be', 'no content-type', 'an HTML content-type', 'two content-types'],
  ...[
    'another charset',
    'a nonsense content-type',
    'a header of 10 KB',
    'a hundred cookies',
    'an end to the connection',
  ],
  ...[
    'another origin to go to',
    'rate limits that are none',
    'a cache for ever',
    'a date that is none',
    'gzip',
    'brotli',
  ],
];

function chunked(body: Buffer): Buffer {
  const half = Math.ceil(body.length / 2);
  const pieces = [body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0);
  const written = pieces.flatMap((piece) => [
    Buffer.from(`${piece.length.toString(16)}\r\n`),
    piece,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from('0\r\n\r\n')]);
}
