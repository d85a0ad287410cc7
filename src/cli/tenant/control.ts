import { unexpectedAnswer } from '../../domain/exchange/answer.ts';
import { readErrorBody } from '../../domain/exchange/error-body.ts';
import { send } from '../../domain/exchange/send.ts';
import { localProfileName } from '../../domain/profile/name.ts';
import { AnonError, ResponseError } from '../../errors.ts';
import { check, type Read, type Schema } from '../../wire/schema.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import { transportOf } from './transport.ts';

/** Asks a control endpoint, by its path with the query. @throws {AnonError} `tenant_unreachable` once the server has stopped */
export type AskControl = <const S extends Schema>(path: string, schema: S) => Promise<Read<S>>;

/** Connects to the running server of the local tenant. @throws {AnonError} `tenant_unreachable` where none is running */
export async function connectControl(context: Context, options: GlobalOptions): Promise<AskControl> {
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
