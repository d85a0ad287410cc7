import { Command } from 'commander';
import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { AnonError } from '../../../errors.ts';
import type { LocalServer } from '../../../io/embedded/server.ts';
import type { RateLimit } from '../../../local/http/rate-limit.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { rows } from '../../render/rows.ts';
import { requestedEdition } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

export interface LocalStartOptions extends GlobalOptions {
  readonly port?: string;
  readonly domain?: string;
  readonly rateLimit?: string;
  readonly allowHost?: readonly string[];
}

export function localStartCommand(context: Context, run = startLocal): Command {
  const command = new Command('start')
    .description('serve the local tenant over HTTP, on this machine only, until Ctrl-C')
    .option('--port <port>', 'serve at this port, as https://localhost:PORT/; 0 takes any free one')
    .option('--domain <name[:port]>', 'issue tokens as https://NAME/, the domain that your apps are given')
    .option('--rate-limit <n>', 'answer 429 beyond n requests a second, to try out how clients take it')
    .option('--allow-host <name>', 'answer under this name too, beside localhost, repeatable', collectHosts)
    .action((options: LocalStartOptions) => run(context, options));
  return withExample(
    command,
    'local start --port 4400',
    `Other commands work on the same state meanwhile. It has one issuer, which --port
or --domain sets and the state keeps; without them it is served as it was last,
https://localhost:4400/ at first. Tokens issued before name the old issuer.`,
  );
}

async function startLocal(context: Context, options: LocalStartOptions): Promise<void> {
  const port = options.port === undefined ? undefined : parsePort(options.port);
  const domain = options.domain === undefined ? undefined : parseDomain(options.domain);
  const rateLimit = parseRateLimit(options.rateLimit);
  const edition = requestedEdition(context, options);
  const { signal } = context;
  const hosts = options.allowHost;
  const server = await (await context.local()).serve({ port, domain, rateLimit, edition, hosts });
  try {
    tellWhere(context, options, server);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    await server.close();
  }
  context.terminal.note('\nStopped.\n');
}

function tellWhere(context: Context, options: LocalStartOptions, server: LocalServer): void {
  printResult(context, options, {
    data: {
      url: server.url,
      port: server.port,
      issuer: server.issuer,
      ...(server.issuerBefore !== undefined && { issuer_before: server.issuerBefore }),
      edition: server.edition,
    },
    human: (paint) =>
      `${paint.green('✔')} The local tenant listens at ${paint.bold(server.url)}\n` +
      (server.issuerBefore === undefined
        ? ''
        : `The issuer is now ${server.issuer} instead of ${server.issuerBefore}, for every command.\n`) +
      rows(paint, [
        ['issuer', server.issuer],
        ['edition', server.edition],
        ['guest tokens', `POST ${server.url}/anonymous/token`],
        ['public keys', `${server.url}/.well-known/jwks.json`],
        ['configure it', 'any anon-cli command, in another terminal'],
        ['stop it', 'Ctrl-C'],
      ]),
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a port.`, {
    hint: 'A number from 0 to 65535, such as --port 4401',
  });
}

/** A host, with its port where that is not 443. */
function parseDomain(text: string): string {
  const domain = parseTenantDomain(text);
  if (!domain.startsWith('http://')) return domain;
  throw new AnonError('usage', `--domain takes a host name, not an address: '${text.slice(0, 60)}'.`, {
    hint: `The issuer always begins with https://, as in --domain ${domain.slice('http://'.length)}`,
  });
}

function parseRateLimit(text: string | undefined): RateLimit | undefined {
  if (text === undefined) return undefined;
  const perSecond = Number(text);
  if (/^\d{1,6}$/.test(text) && perSecond > 0) return { burst: perSecond, perSecond };
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a rate limit.`, {
    hint: 'Requests a second, such as --rate-limit 2',
  });
}

function collectHosts(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, parseHost(text)];
}

/** A name as it stands in the Host header, in whatever letters and script it was given. */
function parseHost(text: string): string {
  const name = /^(?:\[[\da-f:.]+\]|[^\s/\\:?#@%[\]*]+)$/i.test(text) && URL.canParse(`http://${text}`);
  if (name) return new URL(`http://${text}`).hostname;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not the name of a host.`, {
    hint: 'A name without a scheme and a port: --allow-host tenant.test',
  });
}
