import { refusalAt } from './refusal.ts';

/** The response when the tenant fails: 500, with the reason where it is known. */
export function outage(path: string, why?: string): Response {
  return refusalAt(path, 500, 'server_error', why ?? 'An internal server error occurred').response();
}
