import type { JsonObject } from '../../wire/schema.ts';
import { assertedClientId } from '../clients/assertion.ts';
import { readClientCredentials } from '../clients/authentication.ts';
import { readBody } from '../http/request-body.ts';

/**
 * The client id of the application that makes a request, unverified: from its credentials, its parameters or its access token.
 * Undefined where the request names none. Leaves the body for the route.
 */
export async function clientIdOf(request: Request): Promise<string | undefined> {
  const authorization = request.headers.get('authorization');
  const bearer = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return clientIdIn(bearer);
  const inQuery = new URL(request.url).searchParams.get('client_id');
  if (inQuery !== null) return inQuery;
  const members = request.body === null ? {} : await readBody(request.clone()).catch((): JsonObject => ({}));
  try {
    const { clientId, assertion } = readClientCredentials(authorization, textsIn(members));
    return clientId ?? assertedClientId(assertion);
  } catch {
    // The route refuses it.
    return undefined;
  }
}

function textsIn(members: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, string] => typeof member[1] === 'string'),
  );
}

/** The application that an access token was issued to. @see OpenID Connect Core, section 2, `azp` */
function clientIdIn(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims.azp === 'string' ? claims.azp : undefined;
  } catch {
    return undefined;
  }
}
