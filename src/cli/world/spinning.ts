import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { hostOf } from '../../domain/exchange/http.ts';
import { spinner } from '../../io/terminal/spinner.ts';
import { printable } from '../render/printable.ts';

/** The same tenant; a person sees when it keeps a command waiting. What waits for a rate limit says so itself. */
export function spinning(tenant: TenantConnection, screen: Parameters<typeof spinner>[1]): TenantConnection {
  const { during } = spinner(printable(hostOf(tenant.baseUrl)), screen);
  const { retry } = tenant;
  return {
    ...tenant,
    fetch: (url, request) => during(() => tenant.fetch(url, request)),
    retry: {
      ...retry,
      wait: (pause) => (pause.asked ? retry.wait(pause) : during(() => retry.wait(pause))),
    },
  };
}
