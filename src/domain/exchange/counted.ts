import type { TenantConnection } from './connection.ts';

/** A connection that counts the requests it sends, those for its own access token too. */
export interface Counted {
  readonly tenant: TenantConnection;
  requests(): number;
}

export function counted(tenant: TenantConnection): Counted {
  let requests = 0;
  const fetch: TenantConnection['fetch'] = (url, request) => {
    requests += 1;
    return tenant.fetch(url, request);
  };
  return { tenant: { ...tenant, fetch }, requests: () => requests };
}
