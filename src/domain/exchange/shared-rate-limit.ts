import type { TenantConnection } from './connection.ts';
import type { Pause } from './retry.ts';

/**
 * The same tenant for many requests at once. When one is told to wait, all do: those that come meanwhile are held
 * back until then, and it is told once.
 */
export function sharingRateLimit(tenant: TenantConnection): TenantConnection {
  const { clock, retry } = tenant;
  let endsAtMs = 0;
  let pausing: Promise<void> | undefined;

  async function waitOut(pause: Pause): Promise<void> {
    // Who is refused meanwhile may have been told to wait longer.
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
