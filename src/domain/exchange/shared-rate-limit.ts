import type { TenantConnection } from './connection.ts';
import type { Pause } from './retry.ts';

/**
 * The same connection for many concurrent requests. When one of them has to wait, all wait: later requests are held
 * back until then, and the wait is reported once.
 */
export function sharingRateLimit(tenant: TenantConnection): TenantConnection {
  const { clock, retry } = tenant;
  let endsAtMs = 0;
  let pausing: Promise<void> | undefined;

  async function waitOut(pause: Pause): Promise<void> {
    // A request refused in the meantime may have extended the wait.
    for (let leftMs = pause.ms; leftMs > 0; leftMs = endsAtMs - clock.now()) {
      await retry.wait({ ...pause, ms: Math.ceil(leftMs) });
    }
  }

  return {
    ...tenant,
    retry: {
      ...retry,
      async wait(pause) {
        endsAtMs = Math.max(endsAtMs, clock.now() + pause.ms);
        pausing ??= waitOut(pause).finally(() => {
          pausing = undefined;
        });
        await pausing;
      },
    },
    fetch: async (url, request) => {
      while (pausing) await pausing;
      return tenant.fetch(url, request);
    },
  };
}
