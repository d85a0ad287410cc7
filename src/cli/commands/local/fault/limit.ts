import { printResult } from '../../../output/output.ts';
import { renderLimits } from '../../../render/fault.ts';
import { defineCommand } from '../../define-command.ts';
import { localFaults, routeAt } from './local-faults.ts';
import { parseLimit } from './values.ts';

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
        const title = removed === 0 ? '' : `${paint.green('✔')} Removed ${removed} limit${removed === 1 ? '' : 's'}\n`;
        if (limits.length > 0) return title + renderLimits(paint, limits);
        return title || 'The local tenant has no limits.\n';
      },
    });
  },
});
