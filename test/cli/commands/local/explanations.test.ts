import { describe, expect, it } from 'vitest';
import { explanations } from '../../../../src/cli/commands/local/explanations.ts';
import type { ServedRequest } from '../../../../src/local/http/served-request.ts';

const refused: ServedRequest = {
  ...{ method: 'POST', path: '/anonymous/token', status: 403, error: 'unauthorized_client' },
  ...{ clientId: 'one', app: 'web' },
};

/** What explains requests to a tenant that cannot be reached, and how often it was tried. */
function counting() {
  const tried = { times: 0 };
  const explain = explanations(async () => {
    tried.times += 1;
    throw new Error('unreachable');
  });
  return { explain, tried };
}

describe('the explanation of a refusal', () => {
  it('is shared by equal ones at the same time, however many', async () => {
    const { explain, tried } = counting();
    const all = Array.from({ length: 1000 }, () => explain({ ...refused }));
    expect(new Set(all).size).toBe(1);
    expect(explain({ ...refused, clientId: 'two' })).not.toBe(all[0]);
    expect(await all[0]).toBeUndefined();
    expect(explain(refused)).not.toBe(all[0]);
    expect(tried.times).toBe(1);
  });

  it.each<[string, Partial<ServedRequest>]>([
    ['of a request that was answered', { status: 200, error: undefined }],
    ['of a login, which has the same errors for other reasons', { path: '/oauth/token' }],
    ['for which no gate is closed', { error: 'invalid_client' }],
  ])('is not looked for %s', (_, members) => {
    const { explain, tried } = counting();
    expect(explain({ ...refused, ...members })).toBeUndefined();
    expect(tried.times).toBe(0);
  });

  it('is looked for where a page may not read the response', () => {
    const { explain, tried } = counting();
    const preflight = { method: 'OPTIONS', path: '/userinfo', status: 204, refusedOrigin: 'https://shop.example' };
    expect(explain(preflight)).toBeInstanceOf(Promise);
    expect(tried.times).toBe(1);
  });
});
