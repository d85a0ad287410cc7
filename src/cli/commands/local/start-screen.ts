import { shellWord } from '../../../domain/shell-word.ts';
import type { ControlAddress } from '../../../io/embedded/control-address.ts';
import type { LocalServer, StartValues } from '../../../io/embedded/local-server.ts';
import { anonymousTokenPath } from '../../../wire/anonymous-token.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { isForPeople } from '../../output/formats.ts';
import { printForPeople, printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { guestsData } from '../../render/world.ts';
import type { Context } from '../../world/context.ts';
import type { StateData } from './state-data.ts';

/** What is known of a server once it listens. Plain data: one in the background sends it to the command that started it. */
export interface Started {
  readonly server: Pick<
    LocalServer,
    'url' | 'port' | 'issuer' | 'issuerBefore' | 'edition' | 'authority' | 'control' | 'predictable' | 'guests'
  >;
  /** Both members are null for a state in memory. */
  readonly state: StateData | { readonly state: null; readonly database: null };
  readonly ephemeral: boolean;
  readonly detached: boolean;
}

export interface Ready extends Started {
  /** Undefined where nothing tells which application or API is meant, or the tenant has none. */
  readonly values: StartValues | undefined;
}

/**
 * Prints where the local tenant listens and what an app needs of it, with a request that works. For people, the first line
 * comes before the tenant is read for the others: whoever waits for it may go on.
 */
export async function printStart(
  context: Context,
  options: GlobalOptions,
  started: Started,
  values: () => Promise<StartValues | undefined>,
): Promise<void> {
  if (!isForPeople(options)) return printReady(context, options, { ...started, values: await values() });
  printForPeople(context.terminal, (paint) => listening(paint, started));
  const ready = { ...started, values: await values() };
  printForPeople(context.terminal, (paint) => details(paint, ready));
}

/** The same where all is known already. */
export function printReady(context: Context, options: GlobalOptions, ready: Ready): void {
  const human = (paint: Paint) => listening(paint, ready) + details(paint, ready);
  printResult(context, options, { data: readyData(ready), human, oneLine: true });
}

function readyData({ server, state, ephemeral, values }: Ready): JsonObject {
  const { url, port, issuer, issuerBefore, edition, authority } = server;
  return {
    ...{ url, port, issuer },
    ...(issuerBefore !== undefined && { issuer_before: issuerBefore }),
    ...{ edition, database: state.database, ca: authority ?? null },
    jwks_uri: `${url}${jwksPath}`,
    client_id: values?.app.clientId ?? null,
    audience: values?.api.audience ?? null,
    curl: values ? curl(server, values) : null,
    ephemeral,
    ...(server.guests.length > 0 && { guests: guestsData(server.guests) }),
    control_url: server.control?.url ?? null,
    control_token: server.control?.token ?? null,
  };
}

function listening(paint: Paint, { server: { url, issuer, issuerBefore } }: Started): string {
  return (
    `${paint.green('✔')} The local tenant listens at ${paint.bold(url)}\n` +
    (issuerBefore === undefined ? '' : `The issuer is now ${issuer} (was ${issuerBefore}), for every command.\n`)
  );
}

function details(paint: Paint, ready: Ready): string {
  const { server, state, values, ephemeral, detached } = ready;
  const { issuer, url, edition, authority } = server;
  const trusting = ephemeral ? '' : ' (to trust it: anon-cli local trust)';
  const table = `${rows(paint, [
    ['domain', new URL(issuer).host],
    ['issuer', issuer],
    ['JWKS', `${url}${jwksPath}`],
    ['edition', edition],
    ...(state.database === null ? [] : [['database', printable(state.database)] as const]),
    ...(ephemeral ? [['state', 'in memory'] as const] : []),
    ...(values ? valueRows(values) : []),
    ...(server.guests.length > 0 ? [['guests', guestNames(server.guests)] as const] : []),
    ...(authority === undefined ? [] : [['CA', `${printable(authority)}${trusting}`] as const]),
    ...(server.control === undefined ? [] : [['control', controlText(server.control)] as const]),
    ...(ephemeral ? [] : otherCommands),
    ['stop', detached ? 'anon-cli local stop' : 'Ctrl-C'],
  ])}${paint.dim('For development only: its login page lets everybody in as every user.')}\n`;
  const request = values && curl(server, values);
  // With characters escaped, it would ask for another API.
  if (request === undefined || request !== printable(request)) return table;
  return `${table}\n${paint.dim('A guest')}\n  $ ${request}\n\n`;
}

function valueRows({ app, api }: StartValues): readonly (readonly [string, string])[] {
  return [
    ['client id', `${printable(app.clientId)} (${printable(app.name)})`],
    ['audience', `${printable(api.audience)} (${printable(api.name)})`],
  ];
}

/** They use the saved state. */
const otherCommands = [
  ['for your app', 'anon-cli local env'],
  ['configure', 'any anon-cli command, in another terminal'],
] as const;

function controlText({ url, token }: ControlAddress): string {
  return token === undefined ? `${url}, without a token` : `${url}, with the token ${token}`;
}

function curl({ url, authority }: Started['server'], { app, api }: StartValues): string {
  const trusting = authority === undefined ? '' : ` --cacert ${shellWord(authority)}`;
  const members = `-d client_id=${shellWord(app.clientId)} -d audience=${shellWord(api.audience)}`;
  return `curl${trusting} ${url}${anonymousTokenPath} ${members}`;
}

/** Their tokens are in --json. */
function guestNames(guests: Ready['server']['guests']): string {
  return `${printable(guests.map(({ name }) => name).join(', '))} (tokens: --json)`;
}
