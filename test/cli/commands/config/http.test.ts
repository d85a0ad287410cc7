import { expect, it } from 'vitest';
import { freshMachine, useRemote } from '../../../support/command.ts';
import { type Fault, faults, faultyTenant } from '../../../support/faulty-tenant.ts';

const yaml = (lifetime: string, open: boolean) => `tenant:
  lifetime: ${lifetime}
apps:
  web: { enabled: ${open}, oidc-conformant: true }
apis:
  https://api.shop.example: { open: ${open}, token-lifetime: 25h, apps: { web: [${open ? 'read:catalog' : ''}] } }
`;

it.each(['preview', 'ea'] as const)(
  'over HTTP, an apply that meets a fault is finished by the next one (%s)',
  {
    timeout: 40_000,
  },
  async (edition) => {
    const machine = await freshMachine();
    const tenant = await faultyTenant(machine.clock, { edition });
    await useRemote(machine, tenant);
    const files = ['90d', '60d'].map((lifetime, index) =>
      machine.file(`${lifetime}.yaml`, yaml(lifetime, index === 0)),
    );
    // At a read or a write of the apply; each run changes what the one before it set.
    for (const [index, fault] of (Object.keys(faults) as Fault[]).entries()) {
      // Half of the faults in each edition: the domain's test of faults has them all in both.
      if (index % 2 !== (edition === 'ea' ? 1 : 0)) continue;
      const file = files[Math.floor(index / 2) % 2] ?? '';
      tenant.calm();
      tenant.inject(fault, 3 + (Math.floor(index / 2) + (edition === 'ea' ? 2 : 0)));
      const first = await machine.run('config', 'apply', '-f', file, '--yes', '--json');
      expect(tenant.requests.map(({ fault: met }) => met)).toContain(fault);
      tenant.calm();
      if (first.code !== 0)
        expect(first.jsonError.hint).toMatch(/^(Done: |Nothing was changed before\.|Before|Run|Try)/);
      await machine.done('config', 'apply', '-f', file, '--yes');
      tenant.calm();
      expect((await machine.run('config', 'plan', '-f', file, '--exit-code')).code).toBe(0);
      expect(tenant.requests.every(({ method }) => method === 'GET')).toBe(true);
      expect((await machine.done('config', 'drift')).stdout).toContain('No drift');
    }
  },
);
