import { unexpectedAnswer } from '../../../domain/exchange/answer.ts';
import { readErrorBody } from '../../../domain/exchange/error-body.ts';
import { send } from '../../../domain/exchange/send.ts';
import { localProfileName } from '../../../domain/profile/name.ts';
import { AnonError, isAnonError, isUnreachable, ResponseError, reworded } from '../../../errors.ts';
import type { LocalRequestResult } from '../../../library/control-results.ts';
import type { ServedRequest } from '../../../local/http/served-request.ts';
import { requestsPath } from '../../../wire/control.ts';
import {
  defaultLimit,
  recordedRequests,
  requestsAnswer,
  statusExample,
  statusForm,
} from '../../../wire/recorded-request.ts';
import { check, type Read, type Schema } from '../../../wire/schema.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printableJson, printableLines } from '../../render/printable.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { requestLines } from './request-log.ts';

export const localLogsCommand = defineCommand({
  description: 'show the last requests that local start has served',
  options: {
    '--follow': 'continue with each new request, until Ctrl-C',
    '--app <app>': { description: 'only of this application: name or client id', values: { live: 'app' } },
    '--guest <id>': 'only of the guest with this id',
    '--status <status>': {
      description: 'only with this status: 403, or 4xx',
      values: ['2xx', '3xx', '4xx', '5xx'],
      parse: parseStatus,
    },
    '--limit <n>': { description: `how many to show (default: ${defaultLimit})`, parse: parseLimit },
  },
  calls: 'nothing',
  result: 'list',
  examples: ['local logs', 'local logs --follow --status 4xx'],
  notes: `The lines are those of local start, which has the last ${recordedRequests} requests in memory. With --json, each request also has \
its time, duration and route, the closed gate, and its tokens as short hashes: the first eight digits of their SHA-256.`,
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    await refuseOtherTenants(context, options);
    const ask = await connectControl(context, options);
    const filter = { app: options.app, guest: options.guest, status: options.status };
    const { requests, next } = await askRequests(ask, { ...filter, limit: options.limit });
    if (options.follow) {
      for (const request of requests) printOne(context, options, request);
      context.warnAtOnce();
      return follow(context, options, { ask, filter, next });
    }
    const isEmpty = requests.length === 0;
    printResult(context, options, {
      data: requests,
      ...(!isEmpty && { verbatim: true }),
      human: (paint) => (isEmpty ? 'No requests.\n' : linesOf(paint, requests)),
    });
  },
});

type Query = Readonly<Record<string, string | number | undefined>>;

function askRequests(ask: AskControl, query: Query) {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return ask(`${requestsPath}?${new URLSearchParams(Object.fromEntries(given))}`, requestsAnswer);
}

/** How long the server may wait for the next request, in seconds: for less time than an exchange may take. */
function waitWithin(context: Context, options: GlobalOptions): number {
  const { timeoutMs } = transportOf(options, context.env);
  return timeoutMs === undefined ? 20 : Math.min(20, timeoutMs / 2000);
}

/** Prints each new request until Ctrl-C, which here is the usual end, or until nobody reads them. */
async function follow(
  context: Context,
  options: GlobalOptions,
  { ask, filter, next }: { readonly ask: AskControl; readonly filter: Query; readonly next: number },
): Promise<void> {
  const { terminal, warn, signal } = context;
  const wait = waitWithin(context, options);
  for (let since = next; !terminal.resultUnread && !signal.aborted; ) {
    try {
      const answer = await askRequests(ask, { ...filter, since, wait });
      if (answer.lost) warn(`${answer.lost} requests from number ${since} on came too fast to be shown.`);
      for (const request of answer.requests) printOne(context, options, request);
      since = answer.next;
    } catch (error) {
      if (isAnonError(error) && error.code === 'interrupted') return;
      if (isUnreachable(error)) {
        const hint = 'If it was stopped, start it again: anon-cli local start';
        throw reworded(error, { message: 'The server of the local tenant no longer answers.', hint });
      }
      throw error;
    }
  }
}

function printOne(context: Context, options: GlobalOptions, request: LocalRequestResult): void {
  // One line of JSON per request, whichever way JSON was requested.
  if (options.json && options.field === undefined) context.terminal.result(`${printableJson(request)}\n`);
  else printResult(context, options, { data: request, verbatim: true, human: (paint) => linesOf(paint, [request]) });
}

function linesOf(paint: Paint, requests: readonly LocalRequestResult[]): string {
  const lines = requests.map((request) => `${requestLines(paint, servedOf(request), request.command ?? undefined)}\n`);
  return printableLines(lines.join(''));
}

/** The request as `local start` has it. */
function servedOf(request: LocalRequestResult): ServedRequest {
  const { method, path, status, outcome, actions } = request;
  const isSession = outcome !== 'answered' && outcome !== 'refused' && outcome !== 'failed';
  return {
    ...{ method, path, status, actions, ...(isSession && { session: outcome }) },
    app: request.app ?? undefined,
    clientId: request.client_id ?? undefined,
    guest: request.guest ?? undefined,
    user: request.user ?? undefined,
    error: request.error ?? undefined,
    refusedOrigin: request.refused_origin ?? undefined,
    fault: request.fault ?? undefined,
    ...(request.unanswered && { unanswered: true }),
  };
}

function parseStatus(text: string): string {
  if (statusForm.test(text)) return text;
  throw new AnonError('usage', `--status must be ${statusExample}.`);
}

function parseLimit(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= recordedRequests) return Number(text);
  throw new AnonError('usage', `--limit must be a whole number from 1 to ${recordedRequests}.`);
}

/** Asks a control endpoint, by its path with the query. @throws {AnonError} `tenant_unreachable` once the server has stopped */
type AskControl = <const S extends Schema>(path: string, schema: S) => Promise<Read<S>>;

/** Connects to the running server of the local tenant. @throws {AnonError} `tenant_unreachable` where none is running */
async function connectControl(context: Context, options: GlobalOptions): Promise<AskControl> {
  const address = await (await context.local()).controlAddress();
  if (!address) {
    throw new AnonError(
      'tenant_unreachable',
      'No server of the local tenant is running, or it was started with --no-control.',
      {
        hint: 'Start it in another terminal: anon-cli local start',
      },
    );
  }
  const transport = { ...transportOf(options, context.env), caFile: undefined, spins: false };
  const profile = { name: localProfileName, domain: new URL(address.url).origin };
  const connected = await context.connect(profile, { selection: '', edition: undefined, transport });
  // A server that has stopped does not come back at once, and a new one has another token.
  const tenant = { ...connected, retry: { ...connected.retry, maxWaitMs: 0 } };
  const authorization = address.token === undefined ? undefined : `Bearer ${address.token}`;
  return async (path, schema) => {
    const exchange = { method: 'GET', path, authorization } as const;
    const { status, body } = await send(tenant, exchange);
    if (status !== 200) {
      const { error, description } = readErrorBody({ status, body }, [address.token]);
      throw new ResponseError('failed', { status, error, description });
    }
    const checked = check(schema, body);
    if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
    return checked.value;
  };
}
