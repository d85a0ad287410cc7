import { type AnonError, ResponseError, reworded } from '../../errors.ts';
import {
  anonymousTransferAudience,
  anonymousTransferLifetimeSeconds,
  anonymousTransferResponse,
} from '../../wire/anonymous-token.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import type { RequestedApi } from '../api/find.ts';
import type { RequestingApp } from '../app/find.ts';
import { unexpectedAnswer } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { quotedReason } from '../exchange/error-body.ts';
import { explainRefusal } from '../gates/explain-refusal.ts';
import { noTickets } from './edition-limits.ts';
import { askForTokens } from './request-tokens.ts';

/** What carries a guest's session into a login, once. */
export interface TransferTicket {
  readonly ticket: string;
  readonly expiresInSeconds: number;
  /** Milliseconds since 1970. */
  readonly endsAtMs: number;
}

/**
 * Asks for a transfer ticket of a session; `checkTransfer` comes before it.
 * @throws {AnonError} `edition_unsupported` where the tenant turns out to have none; {ResponseError} when it refuses
 */
export async function requestTransferTicket(
  tenant: TenantConnection,
  {
    app,
    sessionToken,
    heldMetadata,
  }: { app: RequestingApp; sessionToken: string; heldMetadata?: JsonObject | undefined },
): Promise<TransferTicket> {
  const askedAtMs = tenant.clock.now();
  const { exchange, body } = await explained(tenant, app, () =>
    askForTokens(tenant, app, { audience: anonymousTransferAudience, session_token: sessionToken }, heldMetadata),
  );
  const checked = check(anonymousTransferResponse, body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  return {
    ticket: checked.value.anon_transfer_token,
    expiresInSeconds: anonymousTransferLifetimeSeconds,
    endsAtMs: askedAtMs + anonymousTransferLifetimeSeconds * 1000,
  };
}

/** To a tenant without tickets, whose edition nobody could ask for, that is an API it does not have. */
async function explained<Result>(
  tenant: TenantConnection,
  app: RequestingApp,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    if (error.error === 'invalid_target') throw withSaying(noTickets('preview'), error.description);
    const api: RequestedApi = { audience: anonymousTransferAudience, name: anonymousTransferAudience };
    throw await explainRefusal(tenant, error, { app, api, scope: undefined });
  }
}

/** What we make of a refusal, with its own words beside it. */
function withSaying(error: AnonError, description: string): AnonError {
  return reworded(error, { message: `${error.message}${quotedReason(description)}` });
}
