import { shellWord } from '../../../domain/shell-word.ts';
import { isAnonError } from '../../../errors.ts';
import type { ControlAddress } from '../../../io/embedded/control-file.ts';
import type { LocalServer } from '../../../io/embedded/server.ts';
import { anonymousTokenPath } from '../../../wire/anonymous-token.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { isForPeople } from '../../output/formats.ts';
import { printResult } from '../../output/output.ts';
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

/** Prints where the local tenant listens, and for people what an app of theirs needs, with a request that works. */
export async function printStart(context: Context, options: GlobalOptions, started: Started): Promise<void> {
  const { server, state } = started;
  const values = isForPeople(options) ? await valuesIfKnown(started) : undefined;
  const { host } = new URL(server.issuer);
  const request = values === undefined ? undefined : curl(server, values);
  printResult(context, options, {
    data: {
      url: server.url,
      port: server.port,
      issuer: server.issuer,
      ...(server.issuerBefore !== undefined && { issuer_before: server.issuerBefore }),
      edition: server.edition,
      database: state.database,
      ca: server.authority ?? null,
      control_url: server.control?.url ?? null,
      control_token: server.control?.token ?? null,
    },
    human: (paint) =>
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
        ...(values === undefined
          ? []
          : ([
              ['client id', `${printable(values.app.clientId)} (${printable(values.app.name)})`],
              ['audience', `${printable(values.api.audience)} (${printable(values.api.name)})`],
            ] as const)),
        ...(server.authority === undefined
          ? []
          : [['CA', `${printable(server.authority)} (to trust it: anon-cli local trust)`] as const]),
        ...(server.control === undefined ? [] : [['control', controlText(server.control)] as const]),
        ['for your app', 'anon-cli local env'],
        ['configure', 'any anon-cli command, in another terminal'],
        ['stop', 'Ctrl-C'],
      ]) +
      paint.dim('For development only: its login page lets everybody in as every user.\n') +
      // With characters escaped, it would ask for another API.
      (request === undefined || request !== printable(request) ? '' : `\n${paint.dim('A guest')}\n  $ ${request}\n\n`),
  });
}

function controlText({ url, token }: ControlAddress): string {
  return token === undefined ? `${url}, without a token` : `${url}, with the token ${token}`;
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
