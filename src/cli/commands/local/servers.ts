import type { RunningServer } from '../../../io/embedded/running-servers.ts';
import { printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { relativeText } from '../../render/time.ts';
import { defineCommand } from '../define-command.ts';
import { parsePort } from './serving-options.ts';

export const localStatusCommand = defineCommand({
  description: 'show which servers of the local tenant run on this machine, and where',
  calls: 'nothing',
  examples: ['local status'],
  notes: `Lists what this user started with anon-cli local start, in the background or in the foreground. A server that keeps its state in \
memory is listed only if it runs in the background.`,
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const servers = (await context.servers()).list();
    printResult(context, options, {
      data: { running: servers.length > 0, servers: servers.map(serverData) },
      human: (paint) =>
        servers.length === 0
          ? 'No server of the local tenant is running.\n'
          : servers.map((server) => shown(paint, server, context.clock.now())).join('\n'),
    });
  },
});

export const localStopCommand = defineCommand({
  description: 'stop the servers of the local tenant that run in the background',
  options: {
    '--port <port>': 'only the server at this port, also if it runs in the foreground',
    '--all': 'also those that run in the foreground',
  },
  calls: 'nothing',
  examples: ['local stop'],
  notes: 'Waits until they have ended. Without a server, nothing is left to do, and the exit code is 0, too.',
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const port = options.port === undefined ? undefined : parsePort(options.port);
    const running = await context.servers();
    const servers = running.list();
    const isMeant = (server: RunningServer) =>
      port === undefined ? options.all === true || server.detached : server.port === port;
    const meant = servers.filter(isMeant);
    await Promise.all(meant.map((server) => running.stop(server)));
    const left = servers.filter((server) => !meant.includes(server));
    printResult(context, options, {
      data: { stopped: meant.map(serverData), left: left.map(serverData) },
      human: (paint) => stoppedText(paint, meant) + left.map(leftText).join(''),
    });
  },
});

function serverData({ startedAt, ...server }: RunningServer) {
  return { ...server, started_at: new Date(startedAt).toISOString() };
}

function shown(paint: Paint, server: RunningServer, now: number): string {
  const { url, issuer, edition, state, database, pid, detached, startedAt } = server;
  return (
    `${paint.bold(printable(url))}\n` +
    rows(paint, [
      ['issuer', printable(issuer)],
      ['edition', printable(edition)],
      ['state', printable(database ?? state ?? 'in memory')],
      ['process', `${pid}, ${detached ? 'in the background' : 'in the foreground'}`],
      ['started', relativeText((startedAt - now) / 1000)],
    ])
  );
}

function stoppedText(paint: Paint, stopped: readonly RunningServer[]): string {
  if (stopped.length === 0) return 'No server to stop.\n';
  return stopped.map(({ url, pid }) => `${paint.green('✔')} Stopped ${printable(url)} (process ${pid})\n`).join('');
}

function leftText({ url, pid, port, detached }: RunningServer): string {
  const place = detached ? 'in the background' : 'in the foreground';
  return `${printable(url)} still runs ${place} (process ${pid}). To stop it: anon-cli local stop --port ${port}\n`;
}
