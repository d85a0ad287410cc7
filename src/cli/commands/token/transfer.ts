import type { RequestingApp } from '../../../domain/app/find.ts';
import type { Clock } from '../../../domain/clock.ts';
import { checkTransfer } from '../../../domain/session/edition-limits.ts';
import { withSecret } from '../../../domain/session/token-request.ts';
import {
  type AuthorizeUrl,
  authorizeUrl,
  checkRedirectUri,
  requestTransferTicket,
  type TransferTicket,
} from '../../../domain/session/transfer.ts';
import { AnonError, isAnonError } from '../../../errors.ts';
import { countDown } from '../../../io/terminal/waiting.ts';
import { sessionToCarry } from '../../input/carried-session.ts';
import { tokenPorts } from '../../input/session-options.ts';
import { readTokenInput, secretOption } from '../../input/token-request.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { scopeText } from '../../options/parse.ts';
import { isForPeople } from '../../output/formats.ts';
import { printResult } from '../../output/output.ts';
import { plainTicket, renderTicket, ticketData } from '../../render/guest-tokens.ts';
import { type Access, accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

const options = {
  '--redirect-uri <uri>': 'print the full /authorize URL, with this redirect URI',
  '--login-scope <list>': { description: 'scopes to log in with', default: 'openid profile email' },
  '--pkce': 'add a code challenge, and print its verifier',
  '--app <app>': 'the application: name or client id',
  '--session <session>': 'transfer this session, not the current one',
  '--session-token <->': "transfer a session that is not saved: '-' reads its token from stdin, '@<file>' from a file",
  ...secretOption,
} as const;

type TransferOptions = GlobalOptions & OptionValues<typeof options>;

export const tokenTransferCommand = defineCommand({
  description: 'get a ticket that carries the session into a login: valid once, for 30 seconds',
  options,
  calls: 'tenant',
  examples: ['token transfer --redirect-uri http://localhost:3000/callback'],
  notes:
    'Only edition ea has tickets. On a terminal the time left is shown until the ticket expires; in a pipe the output is the ticket or the URL, and with --pkce a second line with the verifier.',
  async run(context, _args, options) {
    checkOptions(options);
    const { clientSecret, sessionToken } = await readTokenInput(context, options);
    const access = await accessTenant(context, options);
    const { tenant } = access;
    await checkTransfer(tenant);
    const session = await sessionToCarry(context, options, access, sessionToken);
    const app = withSecret(session.app, clientSecret);
    const wanted = { app, sessionToken: session.token, heldMetadata: session.metadata };
    const ticket = await requestTransferTicket(tenant, wanted, tokenPorts(context, tenant).explain);
    const authorize = urlFor(access, app, ticket, options);
    const { terminal } = context;
    const forPeople = terminal.resultIsTerminal;
    printResult(context, options, {
      data: ticketData(app, ticket, authorize),
      human: (paint) => (forPeople ? renderTicket(paint, app, ticket, authorize) : plainTicket(ticket, authorize)),
    });
    if (!forPeople || !terminal.noteRewritable || !isForPeople(options)) return;
    await countTicketDown(context, tenant.clock, ticket.endsAtMs, `anon-cli token transfer${tenant.selection}`);
  },
});

/** @throws {AnonError} `usage` */
function checkOptions({ redirectUri, pkce }: TransferOptions): void {
  if (redirectUri !== undefined) checkRedirectUri(redirectUri);
  else if (pkce) throw new AnonError('usage', '--pkce needs --redirect-uri.');
}

function urlFor(
  { tenant: { baseUrl } }: Access,
  { clientId }: RequestingApp,
  { ticket }: TransferTicket,
  { redirectUri, loginScope, pkce }: TransferOptions,
): AuthorizeUrl | undefined {
  if (redirectUri === undefined) return undefined;
  return authorizeUrl({
    baseUrl,
    clientId,
    redirectUri,
    scope: scopeText(loginScope) ?? '',
    ticket,
    pkce: pkce === true,
  });
}

/** Counts the seconds of a ticket down on one line of a terminal, until it expires or Ctrl-C. */
async function countTicketDown({ terminal }: Context, clock: Clock, endsAtMs: number, again: string): Promise<void> {
  const line = (leftMs: number) => {
    const left = `valid for ${Math.ceil(leftMs / 1000)} s`;
    const whole = `${left}, once; Ctrl-C to leave`;
    return whole.length < terminal.noteColumns ? whole : left;
  };
  try {
    await countDown({ terminal, clock }, endsAtMs, line);
    terminal.note(`The ticket has expired. For another: ${again}\n`);
  } catch (error) {
    // Ctrl-C does not fail the command: the ticket was printed and may be in use.
    if (!isAnonError(error) || error.code !== 'interrupted') throw error;
  }
}
