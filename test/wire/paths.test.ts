import { describe, expect, it } from 'vitest';
import { clientPath } from '../../src/wire/client.ts';
import { managementAudience } from '../../src/wire/oauth.ts';
import { resourceServerPath } from '../../src/wire/resource-server.ts';

describe('the path of one object', () => {
  it.each([
    ['abc', '/api/v2/resource-servers/abc'],
    ['https://api.shop.example', '/api/v2/resource-servers/https%3A%2F%2Fapi.shop.example'],
    ['urn:a?b#c/../d', '/api/v2/resource-servers/urn%3Aa%3Fb%23c%2F..%2Fd'],
  ])('names the resource server %s in one segment', (id, path) => {
    expect(resourceServerPath(id)).toBe(path);
    expect(new URL(path, 'https://localhost:4400').pathname).toBe(path);
  });

  it('names a client in one segment', () => {
    expect(clientPath('a/b')).toBe('/api/v2/clients/a%2Fb');
  });
});

it('the audience of the Management API ends in a slash', () => {
  expect(managementAudience('https://localhost:4400/')).toBe('https://localhost:4400/api/v2/');
});
