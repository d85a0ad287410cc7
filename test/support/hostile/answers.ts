import { alteredBodies, bodies, echoingBodies } from './bodies.ts';
import { dealt, randomOf } from './deal.ts';
import { heads } from './heads.ts';

/** The status line of a response, with what belongs to it. */
export interface Status {
  /** Undefined: the genuine one. */
  readonly code?: number;
  /** Replaces the whole line. */
  readonly line?: string;
  /** Sent before the response, such as `HTTP/1.1 103 Early Hints`. */
  readonly before?: string;
  /** Nothing follows that. */
  readonly alone?: true;
  readonly headers?: readonly string[];
}

const interim = (code: number) => `HTTP/1.1 ${code} Later\r\nLink: </style.css>\r\n\r\n`;

const retries = [
  ...['-5', '0', 'NaN', '1e999', '99999999999999999999', '86400', '3.7', '1, 2', '1', 'soon', ''],
  ...['Wed, 21 Oct 2015 07:28:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'],
];

const statuses: Readonly<Record<string, Status>> = {
  '103, then the right one': { before: interim(103) },
  '102 a thousand times, then the right one': { before: interim(102).repeat(1000) },
  '100, then the right one': { before: interim(100) },
  '101': { code: 101, headers: ['Connection: Upgrade', 'Upgrade: websocket'] },
  '100 alone': { before: interim(100), alone: true },
  'no status': { line: 'HTTP/1.1 OK' },
  'a status of four digits': { line: 'HTTP/1.1 2000 OK' },
  'status 000': { line: 'HTTP/1.1 000 Nothing' },
  'status 999': { code: 999 },
  'HTTP/0.9': { line: 'Hello.' },
  'HTTP/2.0': { line: 'HTTP/2.0 200 OK' },
  'another protocol': { line: 'SSH-2.0-OpenSSH_9.6' },
  ...Object.fromEntries(
    [
      ...[200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 304],
      ...[
        400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 415, 418, 421, 422, 425, 426, 428, 431,
        451, 499,
      ],
      ...[500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 526, 530, 599],
    ].map((code) => [String(code), { code }]),
  ),
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].map((code) => [`${code} to elsewhere`, { code, headers: ['Location: {elsewhere}'] }]),
  ),
  ...Object.fromEntries(
    retries.map((advice) => [`429, Retry-After: ${advice}`, { code: 429, headers: [`Retry-After: ${advice}`] }]),
  ),
  '503, Retry-After: 86400': { code: 503, headers: ['Retry-After: 86400'] },
  '503, Retry-After: garbage': { code: 503, headers: ['Retry-After: \u0001'] },
};

/** How a response is transferred. */
export const deliveries = [
  ...['whole', 'byte by byte', 'whole, and the connection is closed', 'with another answer behind it'],
  ...['reset before it begins', 'reset in its head', 'reset in its body', 'closed before it begins'],
  ...['closed in its head', 'closed in its body', 'closed before its last byte', 'after a blank line'],
] as const;
export type Delivery = (typeof deliveries)[number];

/** Which requests get a hostile response; the others get the genuine one. */
export const places = [
  ...['every request', 'all but /oauth/token', 'the 1st after /oauth/token', 'the 2nd after /oauth/token'],
  ...['the 3rd after /oauth/token', 'the 5th after /oauth/token', 'what writes', 'what is for guests'],
] as const;
export type Place = (typeof places)[number];

export interface HostileAnswer {
  readonly number: number;
  readonly place: Place;
  readonly status: string;
  readonly head: string;
  readonly body: string;
  readonly delivery: Delivery;
}

export function statusOf({ status }: HostileAnswer): Status {
  return statuses[status] ?? {};
}

/** No complete HTTP response arrives, however often the request is repeated. */
export function isBroken({ status, delivery }: HostileAnswer): boolean {
  return /^(reset|closed) /.test(delivery) || /alone|no status|four digits|0\.9|protocol/.test(status);
}

/**
 * `count` hostile responses, the same for each seed. Any 300 contain each status, body, header, transport and place at
 * least once. In turn: everything strange at once; a plausible lie; strange text; strange headers; and an
 * ordinary refusal that repeats the request.
 */
export function hostileAnswers(seed: number, count: number): HostileAnswer[] {
  const random = randomOf(seed);
  const deck = <Card extends string>(cards: readonly Card[]) => {
    const hand = dealt(cards, count, random);
    return () => hand.shift() ?? (cards[0] as Card);
  };
  const status = deck(Object.keys(statuses));
  const refusal = deck(['400', '401', '403', '404', '409', '422', '500']);
  const head = deck(Object.keys(heads));
  const body = deck(Object.keys(bodies));
  const altered = deck(alteredBodies);
  const echoing = deck(echoingBodies);
  const delivery = deck<Delivery>([...deliveries, ...Array<Delivery>(deliveries.length).fill('whole')]);
  const place = deck<Place>([...places, 'every request', 'all but /oauth/token', 'all but /oauth/token']);
  const right = {
    status: 'the right one',
    head: 'as they should be',
    body: 'as it should be',
    delivery: 'whole',
  } as const;
  const turns: readonly (() => Partial<HostileAnswer>)[] = [
    () => ({ status: status(), head: head(), body: body(), delivery: delivery() }),
    () => ({ body: altered() }),
    () => ({ status: status(), body: body() }),
    () => ({ head: head(), delivery: delivery() }),
    () => ({ status: refusal(), body: echoing() }),
  ];
  return Array.from({ length: count }, (_, number) => ({
    ...{ number, place: place(), ...right },
    ...turns[number % turns.length]?.(),
  }));
}

/** Every value of every axis. */
export const everyCard: readonly string[] = [
  ...Object.keys(statuses),
  ...Object.keys(heads),
  ...Object.keys(bodies),
  ...deliveries,
  ...places,
];
