import { Command } from 'commander';
import { chooseRequestingApp, type RequestingApp } from '../../../domain/app/find.ts';
import { type AuthorizeUrl, authorizeUrl, checkRedirectUri } from '../../../domain/session/authorize-url.ts';
import { checkTransfer } from '../../../domain/session/edition-limits.ts';
import { requestTransferTicket, type TransferTicket } from '../../../domain/session/transfer.ts';
import { AnonError, withHint } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { scopeText } from '../../options/scopes.ts';
import { isForPeople } from '../../output/formats.ts';
import { printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { type Access, accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { keptSession, nothingRemembered } from './kept-session.ts';
import { readTokenInput, withSecret } from './options.ts';
import { countTicketDown } from './ticket-countdown.ts';

export interface TokenTransferOptions extends GlobalOptions {
  readonly app?: string;
  readonly session?: string;
  readonly sessionToken?: string;
  readonly clientSecret?: string;
  readonly redirectUri?: string;
  readonly loginScope: string;
  readonly pkce?: true;
}

export function tokenTransferCommand(context: Context, run = transferAndShow): Command {
  const command = new Command('transfer')
    .description('get the ticket that carries the session into a login: once, for 30 seconds')
    .option('--redirect-uri <uri>', 'give the whole /authorize URL, which comes back here')
    .option('--login-scope <list>', 'scopes to log in with', 'openid profile email')
    .option('--pkce', 'with a code challenge; its verifier is shown')
    .option('--app <app>', 'the application: name or client id')
    .option('--session <name>', 'carry this session, not the current one')
    .option('--session-token <->', "carry one that is not saved: '-' reads its token from stdin, '@<file>' from a file")
    .option('--client-secret <->', "'-' reads the application's secret from stdin, '@<file>' from a file")
    .action((options: TokenTransferOptions) => run(context, options));
  return withExample(
    command,
    'token transfer --redirect-uri http://localhost:3000/callback',
    'Only edition ea has tickets. On a terminal the seconds are counted down; in a\n' +
      'pipe the result is the ticket, or the URL, and with --pkce a second line with\n' +
      'the verifier.',
  );
}

async function transferAndShow(context: Context, options: TokenTransferOptions): Promise<void> {
  checkOptions(options);
  const { clientSecret, sessionToken } = await readTokenInput(context, options);
  const access = await accessTenant(context, options);
  const { tenant } = access;
  await checkTransfer(tenant);
  const session = await sessionToCarry(context, options, access, sessionToken);
  const app = withSecret(session.app, clientSecret);
  const ticket = await requestTransferTicket(tenant, {
    app,
    sessionToken: session.token,
    heldMetadata: session.metadata,
  });
  const authorize = urlFor(access, app, ticket, options);
  const { terminal } = context;
  const forPeople = terminal.resultIsTerminal;
  printResult(context, options, {
    data: dataOf(app, ticket, authorize),
    human: (paint) => (forPeople ? render(paint, app, ticket, authorize) : plain(ticket, authorize)),
  });
  if (!forPeople || !terminal.noteRewritable || !isForPeople(options)) return;
  await countTicketDown(context, ticket.endsAtMs, `anon-cli token transfer${tenant.selection}`);
}

/** @throws {AnonError} `usage` */
function checkOptions({ redirectUri, pkce }: TokenTransferOptions): void {
  if (redirectUri !== undefined) checkRedirectUri(redirectUri);
  else if (pkce) throw new AnonError('usage', '--pkce is for the URL: give --redirect-uri <uri> too.');
}

/** The one that was given, else the remembered one, which is its application's. */
async function sessionToCarry(
  context: Context,
  options: TokenTransferOptions,
  { tenant, profile }: Access,
  given: string | undefined,
): Promise<{ token: string; app: RequestingApp; metadata?: JsonObject | undefined }> {
  if (given !== undefined) {
    const { app: named } = requestedAppAndApi(context, options);
    return { token: given, app: await chooseRequestingApp(tenant, { named, chosen: profile.app }) };
  }
  const { sessions, name } = await keptSession(context, profile, { session: options.session });
  const remembered = await sessions.get(name);
  if (!remembered) {
    const error = nothingRemembered(tenant, name, await sessions.names());
    throw withHint(error, `${error.hint}; or give its token: --session-token -`);
  }
  const { sessionToken: token, clientId, metadata } = remembered;
  const chosen = { clientId, name: clientId };
  return { token, metadata, app: await chooseRequestingApp(tenant, { named: options.app, chosen }) };
}

function urlFor(
  { tenant: { baseUrl } }: Access,
  { clientId }: RequestingApp,
  { ticket }: TransferTicket,
  { redirectUri, loginScope, pkce }: TokenTransferOptions,
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

function dataOf({ clientId }: RequestingApp, ticket: TransferTicket, authorize: AuthorizeUrl | undefined): JsonObject {
  return {
    anon_transfer_token: ticket.ticket,
    expires_in: ticket.expiresInSeconds,
    expires_at: new Date(ticket.endsAtMs).toISOString(),
    client_id: clientId,
    ...(authorize && {
      authorize_url: authorize.url,
      state: authorize.state,
      nonce: authorize.nonce,
      ...(authorize.codeVerifier !== undefined && { code_verifier: authorize.codeVerifier }),
    }),
  };
}

/** For a pipe: what it is for, and nothing else. */
function plain({ ticket }: TransferTicket, authorize: AuthorizeUrl | undefined): string {
  const lines = authorize ? [authorize.url, authorize.codeVerifier] : [printable(ticket)];
  return lines.map((line) => (line === undefined ? '' : `${line}\n`)).join('');
}

function render(
  paint: Paint,
  { name }: RequestingApp,
  { ticket, expiresInSeconds }: TransferTicket,
  authorize: AuthorizeUrl | undefined,
): string {
  const headline = `${paint.green('✔')} Transfer ticket of ${printable(name)}, good once and for ${expiresInSeconds} seconds\n`;
  if (!authorize) return `${headline}\n${printable(ticket)}\n`;
  const { url, state, nonce, codeVerifier } = authorize;
  const kept = [['state', state] as const, ['nonce', nonce] as const];
  return `${headline}${rows(paint, codeVerifier === undefined ? kept : [...kept, ['code verifier', codeVerifier]])}\n${url}\n`;
}
