import { AnonError, isAnonError, UnreachableError } from '../../errors.ts';
import type { LocalTenant } from '../../local/open-tenant.ts';
import type { DocumentDatabase } from '../../local/store/database.ts';
import type { StateLocation } from '../../local/store/location.ts';
import { check, isJsonObject, type Read } from '../../wire/schema.ts';
import { type ServedAt, type StateCall, servedAt, stateCallVersion, stateResults } from '../../wire/state-call.ts';
import { connectionReason } from '../http/connection-failure.ts';
import { databasePorts, type LocalOptions, type LocalPorts } from './ports.ts';
import type { ServedState } from './state-address.ts';

/** A tenant on this machine answers within milliseconds, or it hangs. */
const timeoutMs = 30_000;

/**
 * A state in the memory of another process as a database. Its functions throw a refusal with the name that `local/` passes on;
 * {@link servedFailure} turns it into an AnonError.
 */
export function servedLocation(state: ServedState): StateLocation {
  return { memory: servedDatabase(state) };
}

/** Where the tenant is served. @throws {AnonError} as {@link servedFailure} */
export async function whereServed(state: ServedState): Promise<ServedAt> {
  const checked = check(servedAt, await exchange(state, { method: 'GET' }));
  if (checked.ok) return checked.value;
  throw unexpected(state, checked.problem);
}

/** The AnonError for an error of the database: `tenant_unreachable`, `not_authorised`, `state_unusable`, `failed`. */
export function servedFailure(error: unknown): unknown {
  return error instanceof Error && isAnonError(error.cause) && !isAnonError(error) ? error.cause : error;
}

/** Opens the tenant. @throws {AnonError} as {@link servedFailure} */
export async function openServed(state: ServedState, ports: LocalPorts, options: LocalOptions): Promise<LocalTenant> {
  const { openLocalTenant } = await import('../../local/open-tenant.ts');
  const how = { ...options, clock: ports.now };
  return openLocalTenant(servedLocation(state), how, databasePorts(ports.warn)).catch(failServed);
}

/** @throws {AnonError} as {@link servedFailure} */
export async function failServed(error: unknown): Promise<never> {
  throw servedFailure(error);
}

/** Named as what the database refuses, which is reported as it is. */
class ServedStateError extends Error {
  override readonly name = 'DatabaseRefusedError';
}

function servedDatabase(state: ServedState): DocumentDatabase {
  const ask = async <const Call extends StateCall>(call: Call): Promise<Read<(typeof stateResults)[Call['call']]>> => {
    try {
      return await resultOf(state, call);
    } catch (error) {
      throw isAnonError(error) ? new ServedStateError(error.message, { cause: error }) : error;
    }
  };
  return {
    async changesSince(revision) {
      const { revision: now, changed } = await ask({ call: 'changesSince', revision });
      return { revision: now, changed: changed as Awaited<ReturnType<DocumentDatabase['changesSince']>>['changed'] };
    },
    get: async (kind, id) => (await ask({ call: 'get', kind, id })) ?? undefined,
    list: (kind, where, range) => ask({ call: 'list', kind, where, range }),
    count: (kind, where) => ask({ call: 'count', kind, where }),
    commit: async ({ conditions, clears, writes }) =>
      (await ask({ call: 'commit', conditions: [...conditions], clears, writes: [...writes] })) ?? undefined,
    takeOnce: (id, time) => ask({ call: 'takeOnce', id, ...time }),
    async close() {},
  };
}

async function resultOf<const Call extends StateCall>(
  state: ServedState,
  call: Call,
): Promise<Read<(typeof stateResults)[Call['call']]>> {
  const body = JSON.stringify({ version: stateCallVersion, ...call });
  const answer = await exchange(state, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const checked = check(stateResults[call.call], isJsonObject(answer) ? answer.result : undefined);
  if (checked.ok) return checked.value as Read<(typeof stateResults)[Call['call']]>;
  throw unexpected(state, checked.problem);
}

async function exchange({ served: { url, token }, displayed }: ServedState, request: RequestInit): Promise<unknown> {
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...request, headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (cause) {
    const reason = connectionReason(cause instanceof Error && cause.cause ? cause.cause : cause);
    throw new UnreachableError(`The local tenant at ${displayed} cannot be reached: ${reason}.`, notSent, {
      hint: `It ends with its anon-cli local exec. ${forTheSaved}`,
      cause,
    });
  }
  const body = parsed(text);
  if (response.ok && body !== undefined) return body;
  throw refusal(displayed, response.status, isJsonObject(body) ? body : {});
}

const notSent = { sent: false, broken: false };
const forTheSaved = 'For the tenant that is saved on this machine: unset ANON_DATABASE_URL.';

function refusal(displayed: string, status: number, body: Readonly<Record<string, unknown>>): AnonError {
  if (status === 401) {
    return new AnonError(
      'not_authorised',
      `The local tenant at ${displayed} refuses the token in ANON_CONTROL_TOKEN.`,
      {
        hint: `It may be that of another tenant, which had this port before. ${forTheSaved}`,
      },
    );
  }
  if (status === 404) {
    return new AnonError('state_unusable', `The local tenant at ${displayed} does not have its state in memory.`, {
      hint: forTheSaved,
    });
  }
  if (body.error === 'unsupported_version') {
    return new AnonError('state_unusable', `The local tenant at ${displayed} has another version of anon-cli.`, {
      hint: 'Inside anon-cli local exec, run the same version as outside.',
    });
  }
  const why = typeof body.error_description === 'string' ? body.error_description : `status ${status}.`;
  return new AnonError('failed', `The local tenant at ${displayed} refuses: ${why}`);
}

function unexpected({ displayed }: ServedState, problem: string): AnonError {
  return new AnonError(
    'response_invalid',
    `Something else than the local tenant answers at ${displayed}: ${problem}.`,
    {
      hint: forTheSaved,
    },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
