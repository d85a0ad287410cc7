import { describe, expect, it } from 'vitest';
import { listApps } from '../../../src/domain/app/list.ts';
import { allPages } from '../../../src/domain/exchange/pages.ts';
import { connectionTo } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

/** Answers page after page, and fails when it is asked for one more. */
function pages(...answers: { total: number; items: string[] }[]) {
  const queries: string[] = [];
  return {
    queries,
    async getPage(query: string) {
      const answer = answers[queries.length];
      queries.push(query);
      if (!answer) throw new Error(`no page is left for ${query}`);
      return answer;
    },
  };
}

describe('a list that comes in pages', () => {
  it('is asked for in hundreds, until its total', async () => {
    const list = pages({ total: 3, items: ['a', 'b'] }, { total: 3, items: ['c'] });
    expect(await allPages(list.getPage)).toEqual(['a', 'b', 'c']);
    expect(list.queries).toEqual([
      'page=0&per_page=100&include_totals=true',
      'page=1&per_page=100&include_totals=true',
    ]);
  });

  it('is asked for once when all of it comes at once', async () => {
    expect(await allPages(pages({ total: 1, items: ['a'] }).getPage)).toEqual(['a']);
  });

  it('may be empty', async () => {
    expect(await allPages(pages({ total: 0, items: [] }).getPage)).toEqual([]);
  });

  it('ends at an empty page when its total is wrong', async () => {
    expect(await allPages(pages({ total: 9, items: ['a'] }, { total: 9, items: [] }).getPage)).toEqual(['a']);
  });
});

it('every application of a tenant is listed when there are more than a page of them, and the global client is not', async () => {
  const tenant = await openTenant();
  const names = Array.from({ length: 120 }, (_, number) => `app ${number}`);
  for (const name of names) tenant.change('client', name, { client_id: name, name });
  const connection = connectionTo(tenant);
  const apps = await listApps(connection);
  expect(apps.map(({ name }) => name).sort()).toEqual(['web', ...names].sort());
  expect(connection.sent.filter((line) => line.includes('take='))).toHaveLength(2);
});
