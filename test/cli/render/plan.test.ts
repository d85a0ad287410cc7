import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { planData, renderChanges, renderRequests } from '../../../src/cli/render/plan.ts';
import { plannedDelete, plannedPatch, plannedPost } from '../../../src/domain/plan/plan.ts';
import { client } from '../../../src/wire/client.ts';
import { noContent } from '../../../src/wire/schema.ts';

const plain = paintFor(false);

const patch = plannedPatch(
  { path: '/api/v2/resource-servers/1', subject: 'API shop', answer: noContent },
  { lifetime: 60, scopes: ['a', 'b'] },
  { lifetime: 90, scopes: ['b', 'c'], policy: { guests: 'open' } },
);
const post = plannedPost(
  { path: '/api/v2/clients', subject: 'application web', answer: client },
  { name: 'web', n: 1 },
);
const remove = plannedDelete(
  { path: '/api/v2/client-grants/1', subject: 'guest grant', answer: noContent },
  { scope: [] },
);
const writes = [patch, post, remove].filter((write) => write !== undefined);

describe('a plan', () => {
  it('is shown member by member, with its tenant', () => {
    expect(renderChanges(plain, 'acme.eu.auth0.com', writes).split('\n')).toEqual([
      '  API shop (acme.eu.auth0.com)',
      '    lifetime       60 → 90',
      '    scopes         +c -a',
      '    policy.guests  not set → open',
      '  new application web (acme.eu.auth0.com)',
      '    name  web',
      '    n     1',
      '  remove guest grant (acme.eu.auth0.com)',
      '    scope  (none)',
      '',
    ]);
  });

  it('shows the added and removed objects of a list', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name }));
    const change = plannedPatch(
      { path: '/api/v2/clients/1', subject: 'application web', answer: noContent },
      { claims: [a, b] },
      { claims: [b, c] },
    );
    expect(renderChanges(plain, 'acme', change ? [change] : []).split('\n')[1]).toBe(
      '    claims  +{"name":"c"} -{"name":"a"}',
    );
  });

  it('is shown as its requests', () => {
    expect(renderRequests(plain, 'sent', writes).split('\n')).toEqual([
      '  sent  PATCH /api/v2/resource-servers/1 {"lifetime":90,"scopes":["b","c"],"policy":{"guests":"open"}}',
      '  sent  POST /api/v2/clients {"name":"web","n":1}',
      '  sent  DELETE /api/v2/client-grants/1',
      '',
    ]);
  });

  it('is shown as JSON', () => {
    expect(planData(writes)).toEqual({
      changes: [
        { subject: 'API shop', member: 'lifetime', before: 60, after: 90 },
        { subject: 'API shop', member: 'scopes', before: ['a', 'b'], after: ['b', 'c'] },
        { subject: 'API shop', member: 'policy.guests', before: null, after: 'open' },
        { subject: 'application web', member: 'name', before: null, after: 'web' },
        { subject: 'application web', member: 'n', before: null, after: 1 },
        { subject: 'guest grant', member: 'scope', before: [], after: null },
      ],
      requests: [
        {
          method: 'PATCH',
          path: '/api/v2/resource-servers/1',
          body: { lifetime: 90, scopes: ['b', 'c'], policy: { guests: 'open' } },
        },
        { method: 'POST', path: '/api/v2/clients', body: { name: 'web', n: 1 } },
        { method: 'DELETE', path: '/api/v2/client-grants/1', body: null },
      ],
    });
  });
});
