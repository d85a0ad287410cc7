import type { Pause, TenantConnection } from '../ports.ts';

/**
 * The same tenant for many requests at once. When one is told to wait, all do: those that come meanwhile are held
 * back until then, and it is told once.
 */
export function pausingTogether(tenant: TenantConnection): TenantConnection {
  const { clock, patience } = tenant;
  let endsAtMs = 0;
  let pausing: Promise<void> | undefined;

  async function waitOut(pause: Pause): Promise<void> {
    // Who is refused meanwhile may have been told to wait longer.
    for (let leftMs = pause.ms; leftMs > 0; leftMs = endsAtMs - clock.now()) {
      await patience.wait({ ...pause, ms: Math.ceil(leftMs) });
    }
  }

  return {
    ...tenant,
    patience: {
      ...patience,
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
