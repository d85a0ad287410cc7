import { type ResponseError, withHint } from '../../errors.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { shellWord } from '../shell-word.ts';
import type { RefusedRequest } from './refused-request.ts';

/** Where the words of the service leave it open what is wrong. */
export function unsure(
  tenant: TenantConnection,
  { app, api, diagnosed }: RefusedRequest,
  guess?: string,
): string | undefined {
  if (diagnosed) return guess;
  const command = `anon-cli doctor --app ${shellWord(app.clientId)} --api ${shellWord(api.audience)}${tenant.selection}`;
  return `${guess ? `${guess} ` : ''}To look at every gate: ${command}`;
}

/**
 * The refusal speaks of a closed gate, and the settings that were looked up show it open. `open`: what they show, `web
 * may create anonymous sessions`.
 */
export function seemsOpen(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
  open: string,
): ResponseError {
  const guess = `By the tenant's settings ${open}: it refuses for another reason.`;
  return withHint(refusal, unsure(tenant, request, guess));
}
