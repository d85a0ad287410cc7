import { ManagementClient, ManagementError } from 'auth0';
import { expect } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { homeAfter } from './bin.ts';
import { jsonOf, overHttp, type Served, serve } from './local-server.ts';

export interface ServedForSdks extends Served {
  readonly home: string;
  /** The domain in the SDKs' form: `localhost:PORT`. */
  readonly domain: string;
  /** The official SDK of the Management API, signed in as the client that every tenant has. */
  readonly client: ManagementClient;
}

/** A new tenant on a free port. */
export async function servedForSdks(edition: EditionName = 'preview'): Promise<ServedForSdks> {
  const home = await homeAfter(['local', 'reset', '--yes', '--edition', edition]);
  const served = await serve(home);
  const { management_client_id: clientId, management_client_secret: clientSecret } = await jsonOf<{
    management_client_id: string;
    management_client_secret: string;
  }>(home, ['local', 'show', '--reveal-secrets']);
  const domain = `localhost:${served.port}`;
  const client = new ManagementClient({ domain, clientId, clientSecret, fetch: overHttp, maxRetries: 0 });
  return { ...served, home, domain, client };
}

/** The error of the SDK that `call` fails with. */
export async function refusalOf(call: Promise<unknown>): Promise<ManagementError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ManagementError);
  return error as ManagementError;
}

/** The subject of an access token. */
export function guestOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub;
}
