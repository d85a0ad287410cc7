import { base64urlJson } from '../../jose/base64url.ts';
import { isJsonObject } from '../../wire/schema.ts';
import { sealedSessionTokenHeader } from '../../wire/session-token-format.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import { seal, unseal } from '../tokens/sealed-token.ts';
import { readSignedToken } from '../tokens/signed-token.ts';
import { withCookies } from './callback.ts';
import { readLoginSession } from './login-session.ts';
import { endAndGo, firstOf, isLogoutUrl, logoutUrls, notAllowed } from './logout.ts';
import { refusedPage } from './pages/error-page.ts';
import { logoutPage } from './pages/logout-page.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { logoutConfirmationPath } from './paths.ts';
import { browserOf, recognise } from './transaction.ts';
import { invalidRequest, type PageRefusal, repeatedParameter } from './trusted-callback.ts';

interface EndSessionRequest {
  readonly clientId: string | undefined;
  /** The session that the application means, by its `sid`. */
  readonly sessionId: string | undefined;
  /** Where to go, with the state; undefined to stay. */
  readonly location: string | undefined;
}

/**
 * /oidc/logout: RP-initiated logout. A request that does not show which session it means could come from any page, so the
 * user is asked first, unless the tenant's settings say otherwise.
 * @see OpenID Connect RP-Initiated Logout, section 2
 */
export async function endSession(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const parameters = await readParameters(request);
  const read = await readEndSession(scope, moment, parameters);
  if ('status' in read) return refusedPage(request, moment, read);
  note(moment, { clientId: read.clientId });
  const session = await readLoginSession(scope.store, moment, request);
  const isMeant = session === undefined || read.sessionId === session.id;
  const isAsked = (moment.settings.sessions as { oidc_logout_prompt_enabled?: unknown } | undefined)
    ?.oidc_logout_prompt_enabled;
  if (isMeant || isAsked === false) return endAndGo(scope, moment, { request, location: read.location });
  const { browser, cookies } = recognise(scope.random, request);
  const claims = { browser, location: read.location, endSeconds: moment.nowSeconds + confirmationSeconds };
  const state = seal(moment.keys, scope.random, header, claims);
  return withCookies(logoutPage({ action: logoutConfirmationPath, state }), cookies);
}

/** POST /u/logout: the user has agreed. */
export async function confirmLogout(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const parameters = await readParameters(request);
  const confirmed = unseal(moment.keys, header, parameters.get('state') ?? '');
  const isOurs =
    isJsonObject(confirmed) &&
    confirmed.browser === browserOf(request) &&
    Number(confirmed.endSeconds) > moment.nowSeconds;
  if (!isOurs) {
    const description =
      'This logout has expired, or began in another browser. Go back to the application and log out again.';
    return refusedPage(request, moment, { status: 400, error: 'invalid_request', description });
  }
  const { location } = confirmed;
  return endAndGo(scope, moment, { request, location: typeof location === 'string' ? location : undefined });
}

const header = base64urlJson({ ...sealedSessionTokenHeader, typ: 'logout+jwe' });

/** Assumed: how long the question can be left open. */
const confirmationSeconds = 600;

const readNames = ['id_token_hint', 'logout_hint', 'client_id', 'post_logout_redirect_uri', 'state'];

async function readEndSession(
  scope: TenantScope,
  moment: Moment,
  parameters: Parameters,
): Promise<EndSessionRequest | PageRefusal> {
  const repeated = parameters.repeated(readNames);
  if (repeated !== undefined) return repeatedParameter(repeated);
  const hint = readHint(moment, parameters.get('id_token_hint'));
  if (hint === 'unreadable') return invalidRequest('id_token_hint is not an ID token of this tenant.');
  const [clientId, logoutHint] = [parameters.get('client_id'), parameters.get('logout_hint')];
  if (hint && clientId !== undefined && hint.clientId !== clientId) {
    return invalidRequest('client_id is not the application of id_token_hint.');
  }
  if (hint && logoutHint !== undefined && hint.sessionId !== logoutHint) {
    return invalidRequest('logout_hint is not the session of id_token_hint.');
  }
  const named = clientId ?? hint?.clientId;
  const allowed = await logoutUrls(scope, moment, named);
  if (!Array.isArray(allowed)) return allowed;
  const wanted = parameters.get('post_logout_redirect_uri');
  if (wanted !== undefined && !isLogoutUrl(allowed, wanted))
    return notAllowed('post_logout_redirect_uri', wanted, named);
  const target = wanted ?? (clientId === undefined ? undefined : firstOf(allowed));
  const location = target && wanted !== undefined ? withState(target, parameters.get('state')) : target;
  return { clientId: named, sessionId: hint?.sessionId ?? logoutHint, location };
}

/** An ID token that has expired is still a hint. */
function readHint({ keys, issuer }: Moment, token: string | undefined) {
  if (token === undefined) return undefined;
  const claims = readSignedToken(keys, 'JWT', token);
  // Access tokens have no `sid`.
  if (claims?.iss !== issuer || typeof claims.aud !== 'string' || typeof claims.sid !== 'string') return 'unreadable';
  return { clientId: claims.aud, sessionId: claims.sid };
}

function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri;
  const url = new URL(uri);
  url.searchParams.set('state', state);
  return url.href;
}
