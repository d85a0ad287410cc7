import { expect, it } from 'vitest';
import { placeOf } from '../../../src/io/http/host-lookup.ts';

const signal = new AbortController().signal;

it.each([
  ['localhost', 'here'],
  ['127.0.0.1', 'here'],
  ['127.0.0.2', 'here'],
  // Reserved for documentation: no machine has it.
  ['192.0.2.1', 'elsewhere'],
  // No host name can have an empty label.
  ['no..host', 'nowhere'],
])('%s leads %s', async (host, place) => {
  expect(await placeOf(host, signal)).toBe(place);
});

it('a lookup that is no longer wanted ends', async () => {
  const controller = new AbortController();
  const place = placeOf('no-such-host.invalid', controller.signal);
  controller.abort();
  expect(await place).toBe('unknown');
});
