import type { RequestedApi } from '../../../domain/api/find.ts';
import type { App } from '../../../domain/app/app.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { isAnonError } from '../../../errors.ts';
import type { LocalServer } from '../../../io/embedded/server.ts';
import { anonymousTokenPath } from '../../../wire/anonymous-token.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import type { Access } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import type { StateData } from './state-data.ts';

/** Nothing names a state in memory. */
interface EphemeralData {
  readonly state: null;
  readonly database: null;
}

interface Started {
  readonly server: LocalServer;
  readonly state: StateData | EphemeralData;
  readonly connect: () => Promise<Access>;
  readonly ephemeral?: true | undefined;
}

/** Prints where the local tenant listens, and what an app needs of it, with a request that works. */
export async function printStart(context: Context, options: GlobalOptions, started: Started): Promise<void> {
  const ready = { ...started, values: await valuesIfKnown(started) };
  printResult(context, options, { data: readyData(ready), human: (paint) => screen(paint, ready) });
}

interface Ready extends Started {
  readonly values: { readonly app: App; readonly api: RequestedApi } | undefined;
}

function readyData({ server, state, values, ephemeral }: Ready): JsonObject {
  return {
    url: server.url,
    port: server.port,
    issuer: server.issuer,
    ...(server.issuerBefore !== undefined && { issuer_before: server.issuerBefore }),
    edition: server.edition,
    database: state.database,
    ca: server.authority ?? null,
    jwks_uri: `${server.url}${jwksPath}`,
    client_id: values?.app.clientId ?? null,
    audience: values?.api.audience ?? null,
    curl: values ? curl(server, values) : null,
    ephemeral: ephemeral === true,
  };
}

function screen(paint: Paint, { server, state, values, ephemeral }: Ready): string {
  const { host } = new URL(server.issuer);
  const request = values && curl(server, values);
  return (
    `${paint.green('✔')} The local tenant listens at ${paint.bold(server.url)}\n` +
    (server.issuerBefore === undefined
      ? ''
      : `The issuer is now ${server.issuer} (was ${server.issuerBefore}), for every command.\n`) +
    rows(paint, [
      ['domain', host],
      ['issuer', server.issuer],
      ['JWKS', `${server.url}${jwksPath}`],
      ['edition', server.edition],
      ...(state.database === null ? [] : [['database', printable(state.database)] as const]),
      ...(ephemeral ? [['state', 'in memory, until it ends'] as const] : []),
      ...(values ? valueRows(values) : []),
      ...(server.authority === undefined
        ? []
        : [['CA', printable(server.authority) + (ephemeral ? '' : ' (to trust it: anon-cli local trust)')] as const]),
      ...(ephemeral
        ? []
        : ([
            ['for your app', 'anon-cli local env'],
            ['configure', 'any anon-cli command, in another terminal'],
          ] as const)),
      ['stop', 'Ctrl-C'],
    ]) +
    paint.dim('For development only: its login page lets everybody in as every user.\n') +
    // With characters escaped, it would ask for another API.
    (request === undefined || request !== printable(request) ? '' : `\n${paint.dim('A guest')}\n  $ ${request}\n\n`)
  );
}

function valueRows({ app, api }: NonNullable<Ready['values']>): (readonly [string, string])[] {
  return [
    ['client id', `${printable(app.clientId)} (${printable(app.name)})`],
    ['audience', `${printable(api.audience)} (${printable(api.name)})`],
  ];
}

/** Undefined where nothing tells which application or API is meant, or the tenant has none. */
async function valuesIfKnown({ connect }: Started) {
  try {
    const { appValues } = await import('./app-values.ts');
    return await appValues(await connect());
  } catch (error) {
    if (isAnonError(error)) return undefined;
    throw error;
  }
}

function curl(
  { url, authority }: LocalServer,
  { app, api }: { app: { clientId: string }; api: { audience: string } },
): string {
  const trusting = authority === undefined ? '' : ` --cacert ${shellWord(authority)}`;
  const members = `-d client_id=${shellWord(app.clientId)} -d audience=${shellWord(api.audience)}`;
  return `curl${trusting} ${url}${anonymousTokenPath} ${members}`;
}
