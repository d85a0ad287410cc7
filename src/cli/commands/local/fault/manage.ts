import { mostSimilar } from '../../../../domain/did-you-mean.ts';
import { findByReference } from '../../../../domain/find-by-reference.ts';
import { AnonError } from '../../../../errors.ts';
import type { FaultControl } from '../../../../local/faults/control.ts';
import type { Fault } from '../../../../local/faults/fault.ts';
import { anyRoute, faultReading } from '../../../../wire/tenant-faults.ts';
import type { GlobalOptions } from '../../../options/global.ts';
import { printResult } from '../../../output/output.ts';
import { renderFaults, renderLimits } from '../../../render/fault.ts';
import { printable } from '../../../render/printable.ts';
import { refuseOtherTenants } from '../../../tenant/local-access.ts';
import type { Context } from '../../../world/context.ts';
import { defineCommand } from '../../define-command.ts';
import { parseLimit } from './values.ts';

const howToAdd = 'Next: anon-cli local fault add --route /anonymous/token --status 429 --count 3';

export const localFaultListCommand = defineCommand({
  description: 'list the faults of the local tenant, in the order in which they are tried',
  calls: 'nothing',
  result: 'list',
  examples: ['local fault list'],
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const control = await localFaults(context, options);
    const faults = await control.list();
    const apps = faults.some(({ client_id: id }) => id !== undefined) ? await control.apps() : [];
    printResult(context, options, {
      data: faults.map(faultReading),
      human: (paint) =>
        faults.length === 0
          ? `The local tenant has no faults.\n${paint.dim(howToAdd)}\n`
          : renderFaults(paint, faults, apps),
    });
  },
});

export const localFaultRemoveCommand = defineCommand({
  description: 'remove a fault from the local tenant',
  args: { '<fault>': 'its name or id' },
  calls: 'nothing',
  examples: ['local fault remove latency'],
  async run(context, { fault: reference }, options) {
    const faults = await localFaults(context, options);
    const { id, name } = await findFault(faults, reference);
    await faults.remove(id);
    printResult(context, options, {
      data: { id, name, removed: true },
      human: (paint) => `${paint.green('✔')} Removed fault ${printable(name)}\n`,
    });
  },
});

export const localFaultClearCommand = defineCommand({
  description: 'remove all faults from the local tenant; limits stay',
  calls: 'nothing',
  examples: ['local fault clear'],
  async run(context, _args, options) {
    const removed = await (await localFaults(context, options)).clear();
    printResult(context, options, {
      data: { removed },
      human: (paint) =>
        removed === 0
          ? 'No changes: the local tenant has no faults.\n'
          : `${paint.green('✔')} Removed ${removed} fault${removed === 1 ? '' : 's'}\n`,
    });
  },
});

const off = 'off';

export const localLimitCommand = defineCommand({
  description: 'limit how often the local tenant answers, with the headers and the 429 of the service',
  args: {
    '[limit]': {
      description: 'requests in a second, minute or hour, such as 30/m; off removes limits; without it, shows them',
      values: [off],
    },
  },
  options: {
    '--route <path>': 'only requests to this endpoint; with * at its end, to all that begin like it',
  },
  calls: 'nothing',
  examples: ['local limit 30/m --route /anonymous/token', 'local limit off'],
  notes:
    '30/m lets 30 requests through at once, and then one every two seconds. Each process that serves the tenant ' +
    'counts on its own, so a command has the whole limit for itself. off without --route removes all limits.',
  more: 'docs/local-tenant.md',
  async run(context, { limit }, options) {
    const rate = limit === undefined || limit === off ? undefined : parseLimit(limit);
    const faults = await localFaults(context, options);
    const route = await routeAt(faults, options.route);
    if (rate) await faults.limit({ route, ...rate });
    const removed = limit === off ? await faults.unlimit(options.route) : 0;
    const all = await faults.limits();
    const limits = limit === undefined && options.route !== undefined ? all.filter((one) => one.route === route) : all;
    printResult(context, options, {
      data: { limits: limits.map((one) => ({ ...one })) },
      human: (paint) => {
        const which = options.route === undefined ? 'limits' : `limit for ${printable(route)}`;
        const shown = limits.length > 0 ? renderLimits(paint, limits) : '';
        if (removed > 0) return `${paint.green('✔')} Removed ${removed} limit${removed === 1 ? '' : 's'}\n${shown}`;
        if (limit === off) return `No changes: the local tenant has no ${which}.\n${shown}`;
        return shown || `The local tenant has no ${which}.\n`;
      },
    });
  },
});

/** The faults of the local tenant. @throws {AnonError} `edition_unsupported` where `--profile` names another */
export async function localFaults(context: Context, options: GlobalOptions): Promise<FaultControl> {
  await refuseOtherTenants(context, options);
  return (await context.local()).faults;
}

/** The fault with this name or id. @throws {AnonError} `not_found` */
async function findFault(faults: FaultControl, reference: string): Promise<Fault> {
  return findByReference(await faults.list(), reference, ({ name, id }) => ({ name, ids: [id] }), {
    noun: 'fault',
    listCommand: 'anon-cli local fault list',
  });
}

/** The route after `--route`; without it, every endpoint. @throws {AnonError} `usage` for a path that is not an endpoint's */
export async function routeAt(faults: FaultControl, route: string | undefined): Promise<string> {
  if (route === undefined) return anyRoute;
  const { known, all } = await faults.endpointsAt(route);
  if (known) return route;
  const path = route.replace(/\*$/, '');
  const similar = mostSimilar(path.startsWith('/') ? path : `/${path}`, all);
  throw new AnonError('usage', `The local tenant has no endpoint '${route.slice(0, 80)}'.`, {
    hint: similar ? `Did you mean ${similar}?` : `Example: --route /anonymous/token, or --route '/api/v2/*'`,
  });
}
