import { isAnonError, type ResponseError, withHint } from '../../errors.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import type { TokenRequest } from '../session/token-request.ts';
import { shellWord } from '../shell-word.ts';

/** The request that the tenant refused. */
export interface RefusedRequest extends TokenRequest {
  /** The request came from `doctor`, so a hint to run it would be useless. */
  readonly diagnosed?: boolean;
}

/**
 * The result of reading the tenant's settings; undefined without Management API credentials, or when the read fails:
 * the refusal matters more than a failure to explain it.
 */
export async function readIfPossible<Found>(
  tenant: TenantConnection,
  read: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  if (!tenant.management) return undefined;
  try {
    return await read();
  } catch (error) {
    if (isAnonError(error) && error.code !== 'interrupted') return undefined;
    throw error;
  }
}

/** A hint for a refusal whose cause is unknown: the likely cause, if there is one, and the command that checks all gates. */
export function doctorHint(
  tenant: TenantConnection,
  { app, api, diagnosed }: RefusedRequest,
  guess?: string,
): string | undefined {
  if (diagnosed) return guess;
  const command = `anon-cli doctor --app ${shellWord(app.clientId)} --api ${shellWord(api.audience)}${tenant.selection}`;
  return `${guess ? `${guess} ` : ''}To check every gate: ${command}`;
}

/**
 * For a refusal that names a closed gate while the tenant's settings show it open. `settings`: what they show, such as
 * `web may create guest sessions`.
 */
export function contradictedBySettings(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
  settings: string,
): ResponseError {
  const guess = `According to the tenant's settings, ${settings}; the refusal has another reason.`;
  return withHint(refusal, doctorHint(tenant, request, guess));
}
