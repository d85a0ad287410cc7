import { explainRefusal } from '../domain/gates/explain-refusal.ts';
import { checkMetadataSize } from '../domain/session/metadata/metadata.ts';
import { checkComplete } from '../domain/session/request-tokens.ts';
import { createSession as createAtTenant } from '../domain/session/token-request.ts';
import { AnonError } from '../errors.ts';
import { tenantAt } from './connection.ts';
import { checkJson, checkMembers, type Members } from './members.ts';
import { type TenantOptions, tenantOptionKinds } from './tenant-options.ts';

export interface CreateSessionOptions extends TenantOptions {
  /** The application that creates the session. */
  readonly clientId: string;
  /** Of a confidential application. */
  readonly clientSecret?: string;
  /** The application's registered authentication method (default: `client_secret_post`). */
  readonly authMethod?: 'client_secret_post' | 'client_secret_basic';
  /** The identifier of the API that the access token is for. */
  readonly audience: string;
  /** Space-separated (default: all that guests may have). */
  readonly scope?: string;
  /** At most 1024 bytes as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The guest id, instead of a new one (edition `preview`). */
  readonly userId?: string;
}

const optionKinds: Members<CreateSessionOptions> = {
  ...tenantOptionKinds,
  ...{ clientId: 'text', clientSecret: 'text', authMethod: 'any', audience: 'text', scope: 'text' },
  ...{ metadata: 'object', userId: 'text' },
};

/** Both tokens of a new guest. */
export interface GuestTokens {
  /** Undefined where the service gives none. */
  readonly sessionToken: string | undefined;
  /** As the service gave it: a JWT, or a token that only the service can read. */
  readonly accessToken: string;
  /** `Bearer`. */
  readonly tokenType: string;
  /** Lifetime of the access token; undefined where the service does not report it. */
  readonly expiresInSeconds: number | undefined;
  /** Lifetime of the session, where the edition reports it. */
  readonly sessionExpiresInSeconds: number | undefined;
  /** The granted scopes, space-separated. */
  readonly scope: string | undefined;
}

/**
 * Creates a guest session: POST /anonymous/token. Nothing is saved.
 * @throws an error for which `isAnonError` is true, with a `code`: `gate_closed` when the tenant does not accept
 *   guests, `not_authorised`, `rate_limited`, `tenant_unreachable`, `server_error`, `usage` for invalid options
 */
export async function createSession(options: CreateSessionOptions): Promise<GuestTokens> {
  checkMembers('createSession', options, optionKinds);
  const { clientId, clientSecret, audience, scope, metadata, userId } = options;
  for (const [name, value] of Object.entries({ clientId, audience })) {
    if (!value) throw new AnonError('usage', `createSession needs ${name}.`);
  }
  checkJson('metadata', metadata ?? {});
  if (metadata) checkMetadataSize(metadata);
  const authMethod = options.authMethod ?? (clientSecret === undefined ? 'none' : 'client_secret_post');
  const app = { clientId, name: clientId, clientSecret, authMethod };
  const request = { app, api: { audience, name: audience }, scope, metadata, userId };
  const tokens = await createAtTenant(tenantAt(options), request, explainRefusal);
  checkComplete(tokens);
  return tokens;
}
