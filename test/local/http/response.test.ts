import { describe, expect, it } from 'vitest';
import { openTenant } from '../../support/local.ts';

describe.each(['preview', 'ea'] as const)('the headers of guest tokens, edition %s', (edition) => {
  it('are those of the response, and a request id and a date of their own', async () => {
    const { anonymousToken, clock } = await openTenant({ edition });
    const ids = new Set<string | null>();
    for (const seconds of [0, 0, 1, 3600, -3600]) {
      clock.forward(seconds);
      const { headers, status } = await anonymousToken();
      expect(status).toBe(200);
      expect(Object.fromEntries(headers)).toEqual({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        date: new Date(clock()).toUTCString(),
        'x-auth0-requestid': expect.stringMatching(/^[0-9a-f]{20}$/),
        ...(edition === 'ea' && { 'set-cookie': expect.any(String) }),
      });
      ids.add(headers.get('x-auth0-requestid'));
    }
    expect(ids.size).toBe(5);
  });
});

it.each([
  ['allows the page', 'http://localhost:3000', 'http://localhost:3000'],
  ['does not allow the page', 'https://evil.example', null],
])('a response that %s has the same headers besides', async (_, origin, allowed) => {
  const { anonymousToken, clock } = await openTenant({
    edition: 'ea',
    app: { web_origins: ['http://localhost:3000'] },
  });
  const { headers, status, body } = await anonymousToken({}, { origin });
  expect(status).toBe(200);
  expect(body.access_token).toEqual(expect.any(String));
  expect(headers.get('access-control-allow-origin')).toBe(allowed);
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('date')).toBe(new Date(clock()).toUTCString());
  expect(headers.get('x-auth0-requestid')).toMatch(/^[0-9a-f]{20}$/);
  expect(headers.getSetCookie()).toHaveLength(2);
});
