import { findByReference } from '../../../../domain/find-by-reference.ts';
import { AnonError } from '../../../../errors.ts';
import type { FaultControl } from '../../../../local/faults/control.ts';
import {
  bodyProblem,
  type FaultKind,
  faultLimits,
  faultMethods,
  faultReading,
} from '../../../../wire/tenant-faults.ts';
import { readStdinOrFile } from '../../../input/stdin-or-file.ts';
import { printResult } from '../../../output/output.ts';
import { describeFault, type FaultApp } from '../../../render/fault.ts';
import type { Context } from '../../../world/context.ts';
import { defineCommand } from '../../define-command.ts';
import { localFaults, routeAt } from './manage.ts';
import * as values from './values.ts';

export const localFaultAddCommand = defineCommand({
  description: 'let the local tenant answer requests wrongly, late or not at all',
  options: {
    '--status <status>': {
      description: 'answer with this status and the error of the endpoint',
      parse: values.parseStatus,
    },
    '--retry-after <seconds>': { description: 'with --status: when to try again', parse: values.parseRetryAfter },
    '--body <body>': {
      description: 'with --status: answer with this body; @file or - for stdin',
      values: { file: true },
    },
    '--latency <duration>': { description: 'delay the response', parse: values.parseLatency },
    '--reset': 'reset the connection, without an answer',
    '--truncate': 'close the connection in the middle of the response',
    '--drop': 'leave the connection open, without an answer',
    '--route <path>': 'only requests to this endpoint; with * at its end, to all that begin like it',
    '--method <method>': {
      description: 'only requests with this method',
      values: faultMethods,
      parse: values.parseMethod,
    },
    '--app <app>': 'only requests of this application: its name or client id',
    '--rate <rate>': { description: 'only this share of the requests, from 0 to 1', parse: values.parseRate },
    '--seed <number>': { description: 'selects which requests that share is (default: 1)', parse: values.parseSeed },
    '--count <n>': { description: 'hit this many requests at most', parse: values.parseCount },
    '--after <n>': { description: 'let this many requests pass before the first hit', parse: values.parseAfter },
    '--name <name>': {
      description: 'its name in the request log (default: what it does)',
      parse: values.parseFaultName,
    },
  },
  calls: 'nothing',
  examples: [
    'local fault add --route /anonymous/token --status 429 --count 3',
    "local fault add --route '/api/v2/*' --latency 800ms",
    'local fault add --reset --rate 0.2 --seed 42',
  ],
  notes:
    'A running server has the fault from the next request on, and so have commands that use the local tenant, except local … ones. A request meets the ' +
    'faults in the order in which they were added: delays add up, and the first other fault decides.',
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const kind = kindOf(options);
    if (options.seed !== undefined && options.rate === undefined) {
      throw new AnonError('usage', '--seed is for faults with --rate.', { hint: 'Example: --rate 0.2 --seed 42' });
    }
    const faults = await localFaults(context, options);
    const { method, rate, count, after, name, status, retryAfter, latency } = options;
    const app = options.app === undefined ? undefined : await appOf(faults, options.app);
    const added = await faults.add({
      ...{ kind, name, method, rate, count, after, status },
      route: await routeAt(faults, options.route),
      client_id: app?.clientId,
      seed: options.seed ?? 1,
      retry_after: retryAfter,
      body: options.body === undefined ? undefined : await readBody(context, options.body),
      latency_ms: latency,
    });
    if (!added) {
      throw new AnonError('usage', `Fault '${name}' already exists.`, {
        hint: `Use another name, or remove it: anon-cli local fault remove ${name}`,
      });
    }
    printResult(context, options, {
      data: faultReading(added),
      human: (paint) =>
        `${paint.green('✔')} Added fault ${added.name}: ${describeFault(added, app ? [app] : [])}\n` +
        `${paint.dim(`To end it: anon-cli local fault remove ${added.name}`)}\n`,
    });
  },
});

interface Kinds {
  readonly status?: number;
  readonly retryAfter?: number;
  readonly body?: string;
  readonly latency?: number;
  readonly reset?: true;
  readonly truncate?: true;
  readonly drop?: true;
}

/** @throws {AnonError} `usage` unless the options are for exactly one kind */
function kindOf({ status, retryAfter, body, latency, reset, truncate, drop }: Kinds): FaultKind {
  const given = { status, latency, reset, truncate, drop };
  const kinds = Object.keys(given) as FaultKind[];
  const [kind, ...others] = kinds.filter((one) => given[one] !== undefined);
  if (kind === undefined || others.length > 0) {
    throw new AnonError('usage', 'A fault needs exactly one of --status, --latency, --reset, --truncate and --drop.', {
      hint: 'For a late error, add two: the one with --latency first.',
    });
  }
  if (kind !== 'status' && (retryAfter ?? body) !== undefined) {
    throw new AnonError('usage', `${body === undefined ? '--retry-after' : '--body'} is for faults with --status.`);
  }
  const problem = bodyProblem(status, body);
  if (problem !== undefined) throw new AnonError('usage', problem, { hint: 'Leave --body out.' });
  return kind;
}

async function appOf(faults: FaultControl, reference: string): Promise<FaultApp> {
  return findByReference(await faults.apps(), reference, ({ name, clientId }) => ({ name, ids: [clientId] }), {
    noun: 'application',
    listCommand: 'anon-cli app list --profile local',
  });
}

/** @throws {AnonError} `usage` */
async function readBody(context: Context, given: string): Promise<string> {
  const read = await readStdinOrFile(context, given);
  if (!read && (await isFile(context, given))) {
    throw new AnonError('usage', `${given} is a file, and --body would send its name.`, {
      hint: `To send what is in it: --body @${given}`,
    });
  }
  const text = read?.text ?? given;
  if (Buffer.byteLength(text) <= faultLimits.bodyBytes) return text;
  throw new AnonError('usage', 'The body must be at most 1 MB.');
}

/** Only a name with an extension is tried: any other text is a body. */
async function isFile({ readFile }: Context, text: string): Promise<boolean> {
  if (!/^[\w./~-]{1,200}\.\w{1,10}$/.test(text)) return false;
  return readFile(text).then(
    () => true,
    () => false,
  );
}
