import { shellWord } from '../../../domain/shell-word.ts';
import { isAnonError } from '../../../errors.ts';
import type { LocalServer } from '../../../io/embedded/server.ts';
import { anonymousTokenPath } from '../../../wire/anonymous-token.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { isForPeople } from '../../output/formats.ts';
import { printForPeople, printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import type { Access } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import type { StateData } from './state-data.ts';

interface Started {
  readonly server: LocalServer;
  readonly state: StateData;
  readonly connect: () => Promise<Access>;
}

/**
 * Prints where the local tenant listens, and for people what an app of theirs needs, with a request that works. The first line
 * comes before the tenant is read for the others: whoever waits for it may go on.
 */
export async function printStart(context: Context, options: GlobalOptions, started: Started): Promise<void> {
  const { server, state } = started;
  if (!isForPeople(options)) {
    const { url, port, issuer, issuerBefore, edition, authority } = server;
    const before = issuerBefore === undefined ? {} : { issuer_before: issuerBefore };
    const data = { url, port, issuer, ...before, edition, database: state.database, ca: authority ?? null };
    return printResult(context, options, { data, human: () => '' });
  }
  printForPeople(context.terminal, (paint) => listening(paint, server));
  const values = await valuesIfKnown(started);
  printForPeople(context.terminal, (paint) => details(paint, started, values));
}

function listening(paint: Paint, { url, issuer, issuerBefore }: LocalServer): string {
  return (
    `${paint.green('✔')} The local tenant listens at ${paint.bold(url)}\n` +
    (issuerBefore === undefined ? '' : `The issuer is now ${issuer} (was ${issuerBefore}), for every command.\n`)
  );
}

function details(paint: Paint, { server, state }: Started, values: Awaited<ReturnType<typeof valuesIfKnown>>): string {
  const request = values === undefined ? undefined : curl(server, values);
  const ofApp: readonly (readonly [string, string])[] =
    values === undefined
      ? []
      : [
          ['client id', `${printable(values.app.clientId)} (${printable(values.app.name)})`],
          ['audience', `${printable(values.api.audience)} (${printable(values.api.name)})`],
        ];
  const { issuer, url, edition, authority } = server;
  const table = `${rows(paint, [
    ['domain', new URL(issuer).host],
    ['issuer', issuer],
    ['JWKS', `${url}${jwksPath}`],
    ['edition', edition],
    ...(state.database === null ? [] : [['database', printable(state.database)] as const]),
    ...ofApp,
    ...(authority === undefined
      ? []
      : [['CA', `${printable(authority)} (to trust it: anon-cli local trust)`] as const]),
    ['for your app', 'anon-cli local env'],
    ['configure', 'any anon-cli command, in another terminal'],
    ['stop', 'Ctrl-C'],
  ])}${paint.dim('For development only: its login page lets everybody in as every user.')}\n`;
  // With characters escaped, it would ask for another API.
  if (request === undefined || request !== printable(request)) return table;
  return `${table}\n${paint.dim('A guest')}\n  $ ${request}\n\n`;
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
