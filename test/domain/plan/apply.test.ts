import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { type Plan, planned, plannedDelete, plannedPatch, plannedPost, unsent } from '../../../src/domain/plan/plan.ts';
import { client, clientsPath } from '../../../src/wire/client.ts';
import { clientGrant, clientGrantPath, clientGrantsPath } from '../../../src/wire/client-grant.ts';
import { noContent } from '../../../src/wire/schema.ts';
import { failureOf, json, managementToken, scriptedConnection } from '../../support/domain.ts';

const post = {
  ...plannedPost({ path: clientsPath, subject: 'application web', answer: client }, { name: 'web' }),
  yields: { placeholder: '<new>', member: 'client_id' },
};
const grant = plannedPost(
  { path: clientGrantsPath, subject: 'guest grant of web', answer: clientGrant },
  { client_id: '<new>', audience: 'a', scope: ['<new>'] },
);
const plan: Plan<readonly unknown[]> = {
  writes: [post, grant],
  outcome: (answers) => [answers.to(post)?.client_id, answers.to(grant)?.id, answers.to(undefined)],
};
const made = json({ client_id: 'abc', name: 'web' }, 201);

describe('a planned PATCH', () => {
  const write = { path: '/x', subject: 'x', answer: client };

  it('has only the members that differ, and nested ones as a whole', () => {
    const before = { a: 1, b: { c: 1, d: 2 }, e: ['x'] };
    expect(plannedPatch(write, before, { a: 1, b: { c: 3, d: 2 }, e: ['x'] })).toMatchObject({
      method: 'PATCH',
      body: { b: { c: 3, d: 2 } },
      changes: [{ member: 'b.c', before: 1, after: 3 }],
    });
  });

  it('does not exist without differences', () => {
    expect(plannedPatch(write, { a: 1 }, { a: 1 })).toBeUndefined();
    expect(planned(plannedPatch(write, {}, {}))).toEqual([]);
  });
});

describe('a plan that is applied', () => {
  it('sends its writes in order, and later ones use the results of earlier ones', async () => {
    const bodies: unknown[] = [];
    const tenant = scriptedConnection([
      managementToken,
      made,
      async (request) => {
        bodies.push(JSON.parse(String(request.body)));
        return json({ id: 'cgr_1', client_id: 'abc', audience: 'a', scope: ['<new>'] }, 201)();
      },
    ]);
    expect(await applyPlan(tenant, plan)).toEqual(['abc', 'cgr_1', undefined]);
    expect(tenant.sent).toEqual(['POST /oauth/token', 'POST /api/v2/clients', 'POST /api/v2/client-grants']);
    expect(bodies).toEqual([{ client_id: 'abc', audience: 'a', scope: ['<new>'] }]);
  });

  it('deletes, and checks that the object is gone', async () => {
    const remove = plannedDelete(
      { path: clientGrantPath('cgr_1'), subject: 'grant', answer: noContent },
      { scope: ['a'] },
    );
    const gone = json({ statusCode: 404, error: 'Not Found', message: 'The grant does not exist.' }, 404);
    const tenant = scriptedConnection([managementToken, () => new Response(null, { status: 204 }), gone]);
    await applyPlan(tenant, { writes: [remove], outcome: () => undefined });
    expect(tenant.sent.slice(1)).toEqual(['DELETE /api/v2/client-grants/cgr_1', 'GET /api/v2/client-grants/cgr_1']);
  });

  it('reports what was written if a later write is refused, and keeps the error', async () => {
    const refused = json({ statusCode: 409, error: 'Conflict', message: 'There is one.' }, 409);
    const tenant = scriptedConnection([managementToken, made, refused]);
    expect(await failureOf(() => applyPlan(tenant, plan))).toMatchObject({
      name: 'AnonError',
      code: 'failed',
      status: 409,
      message: 'The tenant refused: There is one (409).',
      hint: 'Already applied: application web. Run the command again to apply the rest.',
    });
  });

  it('that fails at first has written nothing, and reports nothing written', async () => {
    const refused = json(
      { statusCode: 403, error: 'Forbidden', message: 'Insufficient scope, expected any of: create:clients' },
      403,
    );
    const error = await failureOf(() => applyPlan(scriptedConnection([managementToken, refused]), plan));
    expect(error.hint).toBe(
      "Grant the client of profile 'acme' the Management API scope create:clients (needed for app create).",
    );
  });

  it('without writes sends nothing, and has no changes', async () => {
    const tenant = scriptedConnection([]);
    expect(await applyPlan(tenant, { writes: [], outcome: () => 'as it was' })).toBe('as it was');
    expect(unsent.to(post)).toBeUndefined();
  });

  it('cannot write through a connection for a dry run', async () => {
    const tenant = scriptedConnection([managementToken], { readOnly: true });
    await expect(applyPlan(tenant, plan)).rejects.toThrow('a dry run cannot POST');
    expect(tenant.sent.filter((line) => line.includes('/api/v2/'))).toEqual([]);
  });
});
