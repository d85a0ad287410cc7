import { anonymousTokenPath } from '../../wire/anonymous-token.ts';
import type { LoggedActionLine, ServedRequest } from '../http/served-request.ts';

/** In characters: clients choose these texts, and the memory for thousands of them must have a limit. */
const longestText = 500;
const longestPath = 1000;
const longestPrinted = 10_000;

/** The request for the ring: with texts of a limited length. */
export function recordOf(served: ServedRequest): ServedRequest {
  const { clientId, app, audience, scope, guest, user, refusedOrigin, error, actions } = served;
  const texts = [clientId, app, audience, scope, guest, user, refusedOrigin, error];
  // Most requests, and a copy of each would cost as much as all the rest of recording it.
  if (served.path === anonymousTokenPath && !actions && !texts.some(isLong)) return served;
  return {
    ...served,
    path: copied(served.path.slice(0, longestPath)),
    ...{ clientId: cut(clientId), app: cut(app), audience: cut(audience), scope: cut(scope), guest: cut(guest) },
    ...{ user: cut(user), refusedOrigin: cut(refusedOrigin), error: cut(error) },
    actions: actions && cutLines(actions),
  };
}

function isLong(text: string | undefined): boolean {
  return text !== undefined && text.length > longestText;
}

function cut(text: string | undefined): string | undefined {
  return text !== undefined && isLong(text) ? copied(text.slice(0, longestText)) : text;
}

function cutLines(lines: readonly LoggedActionLine[]): LoggedActionLine[] {
  let left = longestPrinted;
  const kept: LoggedActionLine[] = [];
  for (const { name, level, text } of lines) {
    // An empty line needs memory too.
    left -= 20;
    if (left <= 0) break;
    const shown = text.length <= left ? text : copied(text.slice(0, left));
    left -= shown.length;
    kept.push({ name, level, text: shown });
  }
  return kept;
}

/** The engine makes a part of a text by reference to the whole, which would stay in memory: here an address with its query. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
