import { describe, expect, it } from 'vitest';
import { withGrants } from '../../../src/domain/api/guest-grants.ts';
import { eachApiName, listApis } from '../../../src/domain/api/read.ts';
import { eachAppName, listApps } from '../../../src/domain/app/read.ts';
import type { FetchRequest } from '../../../src/domain/exchange/http.ts';
import { connectionTo, failureOf, json, managementToken, scriptedConnection } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

interface Asked {
  readonly page: number;
  readonly take: number | undefined;
  readonly from: string | undefined;
}

/** A tenant that gives tokens, and whose lists answer with what `answer` makes of each page that is asked for. */
function listing(answer: (asked: Asked, requests: number) => unknown, onRequest: () => void = () => {}) {
  const asked: Asked[] = [];
  const respond = ({ url }: FetchRequest & { url: string }) => {
    if (url.endsWith('/oauth/token')) return managementToken();
    onRequest();
    const query = new URL(url).searchParams;
    const one = {
      page: Number(query.get('page') ?? 0),
      take: query.has('take') ? Number(query.get('take')) : undefined,
      from: query.get('from') ?? undefined,
    };
    asked.push(one);
    const body = answer(one, asked.length);
    return body instanceof Response ? body : json(body)();
  };
  const tenant = scriptedConnection([], { edition: 'ea', fetch: async (url, request) => respond({ ...request, url }) });
  return { tenant, asked };
}

const apis = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `id-${from + index}`,
    identifier: `https://api${from + index}.example`,
    name: `api ${from + index}`,
  }));

const apps = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ client_id: `app-${from + index}`, name: `app ${from + index}` }));

describe('a list that comes in numbered pages', () => {
  it('is requested in hundreds, up to its total', async () => {
    const { tenant, asked } = listing(({ page }) => ({
      total: 150,
      resource_servers: apis(page * 100, page === 0 ? 100 : 50),
    }));
    expect(await listApis(tenant)).toHaveLength(150);
    expect(asked.map(({ page }) => page)).toEqual([0, 1]);
    expect(tenant.sent[1]).toMatch(/^GET \/api\/v2\/resource-servers\?page=0&per_page=100&include_totals=true&fields=/);
  });

  it('is requested once if the first page has everything', async () => {
    const { tenant, asked } = listing(() => ({ total: 1, resource_servers: apis(0, 1) }));
    expect(await listApis(tenant)).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  it('may be empty', async () => {
    const { tenant } = listing(() => ({ total: 0, resource_servers: [] }));
    expect(await listApis(tenant)).toEqual([]);
  });

  it('continues after a full page, however small its total', async () => {
    const { tenant } = listing(({ page }) => ({
      total: 3,
      resource_servers: apis(page * 100, [100, 100, 7][page] ?? 0),
    }));
    expect(await listApis(tenant)).toHaveLength(207);
  });

  it('can come in smaller pages than requested', async () => {
    const { tenant } = listing(({ page }) => ({ total: 120, resource_servers: apis(page * 50, page < 2 ? 50 : 20) }));
    expect(await listApis(tenant)).toHaveLength(120);
  });

  it('that is shorter than its total is an error', async () => {
    const { tenant, asked } = listing(({ page }) => ({ total: 9, resource_servers: page === 0 ? apis(0, 1) : [] }));
    expect(await failureOf(() => listApis(tenant))).toMatchObject({
      code: 'response_invalid',
      message: "The tenant's list of APIs is not usable: it reports a total of 9, but has 1.",
      hint: 'Pass the audience or id of the API.',
    });
    expect(asked).toHaveLength(2);
  });

  it('that repeats the same page is an error', async () => {
    const { tenant, asked } = listing(() => ({ total: 500, resource_servers: apis(0, 100) }));
    expect(await failureOf(() => listApis(tenant))).toMatchObject({
      message: "The tenant's list of APIs is not usable: it repeats the same page.",
    });
    expect(asked).toHaveLength(2);
  });
});

describe('a list of more than a thousand', () => {
  /** As the service does: numbered pages end at the first thousand. */
  const service = (total: number) =>
    listing(({ page, take, from }) => {
      if (take === undefined && page >= 10) {
        return json(
          { statusCode: 400, error: 'Bad Request', message: 'You can only page through the first 1000 records.' },
          400,
        )();
      }
      const start = take === undefined ? page * 100 : Number(from ?? 0);
      const items = apis(start, Math.max(0, Math.min(100, total - start)));
      if (take === undefined) return { total, resource_servers: items };
      return { resource_servers: items, ...(start + 100 < total && { next: String(start + 100) }) };
    });

  it.each([1000, 1001, 2345])('is complete: %i', async (total) => {
    const { tenant } = service(total);
    const listed = await listApis(tenant);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(total);
    expect(listed).toHaveLength(total);
  });

  it('has all of its names for completion too, page by page', async () => {
    const { tenant } = service(1234);
    const names: string[] = [];
    await eachApiName(tenant, (page) => names.push(...page.map(({ name }) => name)));
    expect(names).toHaveLength(1234);
  });

  it.each([
    ['refuses checkpoints', json({ statusCode: 400, error: 'Bad Request', message: 'Query validation error' }, 400)],
    ['passes over them', json(apis(0, 100))],
  ])('cannot be read from a tenant that %s, which is reported', async (_, answer) => {
    const { tenant } = listing(({ take }) =>
      take === undefined ? { total: 1500, resource_servers: apis(0, 100) } : answer(),
    );
    expect(await failureOf(() => listApis(tenant))).toMatchObject({
      code: 'response_invalid',
      message: 'The tenant has 1500 APIs, but lists only the first 1000.',
      hint: 'Pass the audience or id of the API.',
    });
  });

  it('of the local tenant is complete', async () => {
    const tenant = await openTenant();
    for (const { id, ...api } of apis(0, 1100)) await tenant.change('resource_server', id, { id, ...api });
    const connection = connectionTo(tenant);
    expect(await listApis(connection)).toHaveLength(1101);
  });
});

describe('a list that does not end', () => {
  const grants = (from: number, count: number) =>
    apps(from, count).map(({ client_id }) => ({ id: `cgr_${client_id}`, client_id, audience: 'https://shop' }));
  const lists = {
    applications: {
      page: (from: number, count: number) => ({ clients: apps(from, count) }),
      ask: listApps,
    },
    'client grants': {
      page: (from: number, count: number) => ({ client_grants: grants(from, count) }),
      ask: (tenant: Parameters<typeof listApps>[0]) => withGrants(tenant, []),
    },
    APIs: {
      page: (from: number, count: number) => ({ total: 5000, resource_servers: apis(from, count) }),
      ask: listApis,
    },
  };

  describe.each(Object.entries(lists))('of %s', (plural, { page, ask }) => {
    it('ends at a hundred thousand', async () => {
      const { tenant, asked } = listing((_, count) => ({ ...page(count * 100, 100), next: `next-${count}` }));
      expect(await failureOf(() => ask(tenant))).toMatchObject({
        code: 'response_invalid',
        message: `The tenant's list of ${plural} is not usable: it does not end (more than 100000 entries).`,
        hint: expect.stringContaining('Pass'),
      });
      expect(asked.length).toBeLessThan(1010);
    });

    it('ends after two minutes', async () => {
      let count = 0;
      const { tenant } = listing(
        (_, request) => ({ ...page(request * 100, 1), next: `next-${request}` }),
        () => {
          count += 1;
          void tenant.clock.wait(1000);
        },
      );
      expect((await failureOf(() => ask(tenant))).message).toContain('more than 2 minutes');
      expect(count).toBeLessThan(130);
    });

    it('ends at 64 MB', async () => {
      const padding = 'x'.repeat(8 * 2 ** 20);
      const { tenant, asked } = listing((_, count) => ({ ...page(count * 100, 1), next: `next-${count}`, padding }));
      expect((await failureOf(() => ask(tenant))).message).toContain('more than 64 MB');
      expect(asked.length).toBeLessThan(12);
    });

    it('ends if a page names an earlier one as the next', async () => {
      const { tenant, asked } = listing((_, count) => ({ ...page(count * 100, 1), next: count % 2 ? 'odd' : 'even' }));
      expect((await failureOf(() => ask(tenant))).message).toContain('a page names an earlier page as the next');
      expect(asked.length).toBeLessThan(6);
    });

    it('ends at empty pages that name a next one', async () => {
      const { tenant, asked } = listing((_, count) => ({ ...page(0, 0), next: `next-${count}` }));
      expect((await failureOf(() => ask(tenant))).message).toContain('empty pages in a row');
      expect(asked.length).toBeLessThan(15);
    });

    it('ends at a page that repeats under another name', async () => {
      const { tenant, asked } = listing((_, count) => ({ ...page(0, 100), next: `next-${count}` }));
      expect((await failureOf(() => ask(tenant))).message).toContain('it repeats the same page');
      expect(asked.length).toBeLessThan(6);
    });
  });

  it('also ends for completion', async () => {
    const { tenant } = listing((_, count) => ({ clients: apps(count * 100, 1), next: 'again' }));
    expect((await failureOf(() => eachAppName(tenant, () => {}))).message).toContain(
      'a page names an earlier page as the next',
    );
  });

  it('is not one with a single empty page before the others', async () => {
    const { tenant } = listing((_, count) =>
      count === 1 ? { clients: [], next: 'second' } : { clients: apps(0, 3), next: null },
    );
    expect(await listApps(tenant)).toHaveLength(3);
  });
});

it('every application is listed over several pages, without the global client', async () => {
  const tenant = await openTenant();
  const names = Array.from({ length: 120 }, (_, number) => `app ${number}`);
  for (const name of names) await tenant.change('client', name, { client_id: name, name });
  const connection = connectionTo(tenant);
  const apps = await listApps(connection);
  expect(apps.map(({ name }) => name).sort()).toEqual(['web', ...names].sort());
  expect(connection.sent.filter((line) => line.includes('take='))).toHaveLength(2);
});
