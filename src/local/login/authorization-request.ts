import { databaseConnection } from '../../wire/login.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { parseUrl } from '../../wire/url.ts';
import type { Moment } from '../scope.ts';
import { AuthorizationError } from './authorization.ts';
import type { Parameters } from './parameters.ts';

export const responseModes = ['query', 'fragment', 'form_post', 'web_message'] as const;
export type ResponseMode = (typeof responseModes)[number];

/** Where the answer to an authorization request goes, and how. */
export interface Callback {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state: string | undefined;
  /** The issuer, at a tenant whose answers name it. @see RFC 9207 */
  readonly iss: string | undefined;
}

/** A checked request to /authorize. @see OpenID Connect Core, section 3.1.2.1 */
export interface AuthorizationRequest extends Callback {
  readonly clientId: string;
  readonly responseType: readonly ('code' | 'id_token')[];
  readonly scope: readonly string[];
  readonly audience: string | undefined;
  readonly nonce: string | undefined;
  readonly codeChallenge: { readonly value: string; readonly method: 'S256' | 'plain' } | undefined;
  readonly prompt: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
  /** The user of the `id_token_hint`: an answer is for them or for nobody. */
  readonly hintedUserId?: string | undefined;
  readonly isSignUp: boolean;
  readonly uiLocales: readonly string[];
  readonly acrValues: readonly string[];
}

/** The parameters that are read, and that a request must not repeat. Others are ignored. */
export const knownParameters = [
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'audience', 'state', 'nonce'],
  ...['code_challenge', 'code_challenge_method', 'prompt', 'max_age', 'login_hint', 'screen_hint', 'id_token_hint'],
  ...['connection', 'organization', 'ui_locales', 'acr_values', 'request', 'request_uri', 'registration'],
  ...['session_token', 'anon_transfer_token', 'anonymous_session_token'],
];

/**
 * How the answer is delivered, refusals included: as the request says where that can be read, otherwise as its response type
 * has it by default. @see OAuth 2.0 Multiple Response Type Encoding Practices, sections 2.1 and 5
 */
export function callbackOf({ settings, issuer }: Moment, parameters: Parameters, redirectUri: string): Callback {
  const types = words(parameters.get('response_type'));
  const preset = types.some((type) => type === 'token' || type === 'id_token') ? 'fragment' : 'query';
  const mode = responseModes.find((name) => name === parameters.get('response_mode'));
  // Tokens never travel in a query, which servers log. Callbacks of native applications are not pages that get messages.
  const isUnsafe = mode === 'query' && preset === 'fragment';
  const isUnheard = mode === 'web_message' && parseUrl(redirectUri)?.origin === 'null';
  return {
    redirectUri,
    responseMode: isUnsafe || isUnheard ? preset : (mode ?? preset),
    state: parameters.get('state'),
    iss: settings.authorization_response_iss_parameter_supported === true ? issuer : undefined,
  };
}

/** Checks a request whose callback can be trusted. @throws {AuthorizationError} */
export function readAuthorizationRequest(
  parameters: Parameters,
  client: JsonObject,
  callback: Callback,
): AuthorizationRequest {
  const repeated = parameters.repeated(knownParameters);
  if (repeated !== undefined) throw invalid(`The parameter ${repeated} is given more than once.`);
  refuseUnsupported(parameters);
  const responseType = readResponseType(parameters, client);
  checkResponseMode(parameters, callback);
  const scope = [...new Set(words(parameters.get('scope')))];
  const nonce = parameters.get('nonce');
  if (responseType.includes('id_token')) {
    if (nonce === undefined) throw invalid('Missing required parameter: nonce');
    if (!scope.includes('openid')) throw invalid('The response type id_token needs the scope openid.');
  }
  return {
    ...callback,
    clientId: String(client.client_id),
    responseType,
    scope,
    audience: parameters.get('audience'),
    nonce,
    codeChallenge: readChallenge(parameters),
    prompt: readPrompt(parameters),
    maxAgeSeconds: readMaxAge(parameters),
    loginHint: parameters.get('login_hint'),
    isSignUp: parameters.get('screen_hint') === 'signup',
    uiLocales: words(parameters.get('ui_locales')),
    acrValues: words(parameters.get('acr_values')),
  };
}

function refuseUnsupported(parameters: Parameters): void {
  const refuse = (name: string, error: string, description: string) => {
    if (parameters.get(name) !== undefined) throw new AuthorizationError(error, description);
  };
  refuse('request', 'request_not_supported', 'The parameter request is not supported.');
  refuse('request_uri', 'request_uri_not_supported', 'Only a request_uri from /oauth/par is supported.');
  refuse('registration', 'registration_not_supported', 'The parameter registration is not supported.');
  refuse('organization', 'invalid_request', 'The local tenant does not imitate organizations.');
  const connection = parameters.get('connection');
  if (connection !== undefined && connection !== databaseConnection) {
    throw invalid(`The connection does not exist: the local tenant has only ${databaseConnection}.`);
  }
}

const grantOf = { code: 'authorization_code', id_token: 'implicit' } as const;

function readResponseType(parameters: Parameters, client: JsonObject): ('code' | 'id_token')[] {
  const types = words(parameters.get('response_type'));
  if (types.length === 0) throw invalid('Missing required parameter: response_type');
  const known = (['code', 'id_token'] as const).filter((type) => types.includes(type));
  if (known.length < types.length) {
    const description = 'The local tenant supports the response types code, id_token and code id_token.';
    throw new AuthorizationError('unsupported_response_type', description);
  }
  const grants: readonly unknown[] = Array.isArray(client.grant_types) ? client.grant_types : [];
  const refused = known.map((type) => grantOf[type]).find((grant) => !grants.includes(grant));
  if (refused !== undefined) {
    throw new AuthorizationError('unauthorized_client', `Grant type '${refused}' not allowed for the client.`);
  }
  return known;
}

function checkResponseMode(parameters: Parameters, { responseMode }: Callback): void {
  const mode = parameters.get('response_mode');
  if (mode === undefined || mode === responseMode) return;
  const isKnown = responseModes.some((name) => name === mode);
  if (!isKnown) throw invalid('The response mode is not supported.');
  throw invalid(
    mode === 'query'
      ? 'The response mode query cannot carry tokens.'
      : 'The response mode web_message needs a web page.',
  );
}

/** @see RFC 7636, sections 4.2 and 4.3 */
function readChallenge(parameters: Parameters): AuthorizationRequest['codeChallenge'] {
  const [value, method] = [parameters.get('code_challenge'), parameters.get('code_challenge_method')];
  if (value === undefined) {
    if (method !== undefined) throw invalid('code_challenge_method needs a code_challenge.');
    return undefined;
  }
  if (method !== undefined && method !== 'S256' && method !== 'plain') {
    throw invalid('code_challenge_method must be S256 or plain.');
  }
  if (!/^[\w.~-]{43,128}$/.test(value)) {
    throw invalid('code_challenge must have 43 to 128 letters, digits, hyphens, periods, underscores or tildes.');
  }
  return { value, method: method ?? 'plain' };
}

const prompts = ['none', 'login', 'consent', 'select_account'];

function readPrompt(parameters: Parameters): string[] {
  const prompt = words(parameters.get('prompt'));
  const unknown = prompt.some((value) => !prompts.includes(value));
  if (unknown) throw invalid('prompt must be none, login, consent or select_account.');
  if (prompt.includes('none') && prompt.length > 1) throw invalid('prompt=none cannot be combined with another value.');
  return prompt;
}

function readMaxAge(parameters: Parameters): number | undefined {
  const text = parameters.get('max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw invalid('max_age must be a whole number of seconds.');
  return Number(text);
}

/** The user whom the application expects; undefined without a hint. @throws {AuthorizationError} */
export function hintedUser(
  { issuer }: Moment,
  client: JsonObject,
  read: (token: string) => JsonObject | undefined,
  parameters: Parameters,
): string | undefined {
  const hint = parameters.get('id_token_hint');
  if (hint === undefined) return undefined;
  // It may have expired: it is a hint.
  const claims = read(hint);
  if (claims?.iss !== issuer || claims.aud !== client.client_id || typeof claims.sub !== 'string') {
    throw invalid('id_token_hint is not an ID token of this application.');
  }
  return claims.sub;
}

function words(text: string | undefined): string[] {
  return text?.split(' ').filter((word) => word !== '') ?? [];
}

function invalid(description: string): AuthorizationError {
  return new AuthorizationError('invalid_request', description);
}
