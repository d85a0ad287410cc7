import { Command } from 'commander';
import { AnonError } from '../../../errors.ts';
import type { LocalServer } from '../../../io/local-server.ts';
import type { RateLimit } from '../../../local/rate-limit.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { rows } from '../../render/rows.ts';

export interface LocalStartOptions extends GlobalOptions {
  readonly port: string;
  readonly rateLimit?: string;
  readonly allowHost?: readonly string[];
}

export function localStartCommand(context: Context, run = startLocal): Command {
  const command = new Command('start')
    .description('serve the local tenant over HTTP, on this machine only, until Ctrl-C')
    .option('--port <port>', 'the port; 0 takes any free one', '4400')
    .option('--rate-limit <n>', 'answer 429 beyond n requests a second, to try out how clients take it')
    .option('--allow-host <name>', 'answer under this name too, beside localhost, repeatable', collectHosts)
    .action((options: LocalStartOptions) => run(context, options));
  return withExample(command, 'local start', 'Other commands work on the same state meanwhile.');
}

async function startLocal(context: Context, options: LocalStartOptions): Promise<void> {
  const port = parsePort(options.port);
  const rateLimit = parseRateLimit(options.rateLimit);
  const { signal } = context;
  const server = await (await context.local()).serve({ port, rateLimit, hosts: options.allowHost });
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
    data: { url: server.url, port: server.port, issuer: server.issuer, edition: server.edition },
    human: (paint) =>
      `${paint.green('✔')} The local tenant listens at ${paint.bold(server.url)}\n` +
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
