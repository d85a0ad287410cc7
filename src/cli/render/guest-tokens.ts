import type { RequestingApp } from '../../domain/app/find.ts';
import type { DecodedTokens } from '../../domain/session/decoded-tokens.ts';
import { answerMembers } from '../../domain/session/request-tokens.ts';
import type { AuthorizeUrl, TransferTicket } from '../../domain/session/transfer.ts';
import { metadataBytes, metadataMaxBytes } from '../../wire/metadata.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';
import { renderToken, tokenData } from './token.ts';

/** Both tokens of a guest, decoded. */
export function renderTokens(paint: Paint, { tokens, session, access }: DecodedTokens): string {
  const shown = [
    ...(session && tokens.sessionToken ? [renderToken(paint, 'Session token', tokens.sessionToken, session)] : []),
    ...(tokens.accessToken === '' ? [] : [renderToken(paint, 'Access token', tokens.accessToken, access)]),
  ];
  return shown.join('\n');
}

/** The members of the service's answer, with the decoded tokens beside them. */
export function tokensData({ tokens, session, access }: DecodedTokens): JsonObject {
  return {
    ...answerMembers(tokens),
    decoded: {
      ...(session && { session_token: tokenData(session) }),
      ...(tokens.accessToken !== '' && { access_token: tokenData(access) }),
    },
  };
}

/**
 * The size of the session's metadata in bytes, as the service counts: of the metadata in the session token, otherwise of
 * `known`. Undefined where there is no metadata, or it is unknown.
 */
export function metadataSize({ session }: DecodedTokens, known?: JsonObject): number | undefined {
  const metadata = session?.claims?.metadata ?? known;
  return isJsonObject(metadata) && Object.keys(metadata).length > 0 ? metadataBytes(metadata) : undefined;
}

/** `metadata  312 of 1024 bytes`, or nothing. */
export function renderMetadataSize(paint: Paint, bytes: number | undefined): string {
  if (bytes === undefined) return '';
  const text = `${bytes} of ${metadataMaxBytes} bytes`;
  return rows(paint, [['metadata', bytes > metadataMaxBytes * 0.9 ? paint.yellow(text) : text]]);
}

export function metadataSizeData(bytes: number | undefined): JsonObject {
  return bytes === undefined ? {} : { metadata_bytes: bytes, metadata_max_bytes: metadataMaxBytes };
}

export function ticketData(
  { clientId }: RequestingApp,
  ticket: TransferTicket,
  authorize: AuthorizeUrl | undefined,
): JsonObject {
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

/** The ticket or the URL alone, for a pipe; the verifier, if any, on a second line. */
export function plainTicket({ ticket }: TransferTicket, authorize: AuthorizeUrl | undefined): string {
  const lines = authorize ? [authorize.url, authorize.codeVerifier] : [printable(ticket)];
  return lines.map((line) => (line === undefined ? '' : `${line}\n`)).join('');
}

export function renderTicket(
  paint: Paint,
  { name }: RequestingApp,
  { ticket, expiresInSeconds }: TransferTicket,
  authorize: AuthorizeUrl | undefined,
): string {
  const headline = `${paint.green('✔')} Transfer ticket for ${printable(name)}, valid once and for ${expiresInSeconds} seconds\n`;
  if (!authorize) return `${headline}\n${printable(ticket)}\n`;
  const { url, state, nonce, codeVerifier } = authorize;
  const checks: [string, string][] = [
    ['state', state],
    ['nonce', nonce],
    ...(codeVerifier === undefined ? [] : [['code verifier', codeVerifier] satisfies [string, string]]),
  ];
  return `${headline}${rows(paint, checks)}\n${url}\n`;
}
