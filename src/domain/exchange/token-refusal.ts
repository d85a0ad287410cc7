import { oauthError } from '../../wire/oauth.ts';
import { check } from '../../wire/schema.ts';
import type { Answer } from './send.ts';

/** The OAuth error in an answer; an answer without one is named by its status. */
export function oauthErrorOf(answer: Answer): { error: string; error_description: string } {
  const checked = check(oauthError, answer.body);
  return checked.ok ? checked.value : { error: `http_${answer.status}`, error_description: '' };
}
