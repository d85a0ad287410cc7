import { GateClosedError, type ResponseError, withHint } from '../../errors.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { metadataMaxBytes } from '../../wire/metadata.ts';
import { readApp } from '../app/read.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { isTransientFailure } from '../exchange/retry.ts';
import { shellWord } from '../shell-word.ts';
import { explainScope, explainTarget } from './explain-api-refusal.ts';
import { lookedUp } from './looked-up.ts';
import { lacksFeature } from './missing-feature.ts';
import { appEnableCommand } from './opening-command.ts';
import type { RefusedRequest } from './refused-request.ts';
import { seemsOpen, unsure } from './unexplained.ts';

/**
 * The same refusal with what to do about it. For a closed gate it says which one and the command that
 * opens it; the tenant is asked for what the command needs, where the profile may ask.
 * @see wire contract, section 2, "Errors"
 */
export async function explainRefusal(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  switch (refusal.error) {
    case 'feature_not_enabled':
      return new GateClosedError(refusal, {
        name: 'tenant',
        explanation: lacksFeature,
        command: undefined,
      });
    case 'unauthorized_client':
      return explainToggle(tenant, refusal, request);
    case 'invalid_target':
      return explainTarget(tenant, refusal, request);
    case 'invalid_scope':
      return explainScope(tenant, refusal, request);
    case 'invalid_client':
      return withHint(refusal, await clientHint(tenant, request));
    case 'invalid_session_token':
      return withHint(
        refusal,
        `It is damaged, or of another tenant or application. Start a new session: anon-cli token create${tenant.selection}`,
      );
    case 'session_expired':
      return withHint(refusal, `Start a new session: anon-cli token create${tenant.selection}`);
    case 'invalid_request':
    case 'metadata_too_large':
      return withHint(refusal, requestHint(tenant, refusal, request));
    case 'server_error':
      return withHint(refusal, inTrouble);
    case 'invalid_response':
      return refusal.status === 403 ? withHint(refusal, pageInstead) : refusal;
    default:
      if (isTransientFailure(refusal.status)) return withHint(refusal, inTrouble);
      // One that the contract does not have; a rate limit says itself how long to wait.
      return refusal.hint ? refusal : withHint(refusal, unsure(tenant, request));
  }
}

const inTrouble = 'The service failed, not the request: try again, and see https://status.auth0.com';

/** A page is no word of the service's on the request. */
const pageInstead =
  'The tenant may lack the anonymous sessions feature, or something on the way to it, such as a firewall, refused the request.';

async function explainToggle(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  const { app } = request;
  const known = await lookedUp(tenant, () => readApp(tenant, app.clientId));
  const edition = known
    ? await lookedUp(tenant, () => editionOf(tenant))
    : tenant.edition && editionNamed(tenant.edition);
  if (known?.enabled && (known.oidcConformant || edition?.needsOidcConformance === false)) {
    return seemsOpen(tenant, refusal, request, `${shellWord(app.name)} may create anonymous sessions`);
  }
  return new GateClosedError(refusal, {
    name: 'application',
    explanation: `Gate 2, the application: ${shellWord(app.name)} may not create anonymous sessions.`,
    command: appEnableCommand(tenant, { name: app.name, oidcConformant: known?.oidcConformant }, edition),
  });
}

/** An unknown client id, or a secret that is wrong, missing, or given where there is none. */
async function clientHint(tenant: TenantConnection, request: RefusedRequest): Promise<string | undefined> {
  const { app } = request;
  const name = shellWord(app.name);
  const known = await lookedUp(tenant, async () => (await readApp(tenant, app.clientId)) ?? 'none');
  if (known === 'none') return `The tenant has no application of that client id: anon-cli app list${tenant.selection}`;
  if (known && known.authMethod !== 'none') {
    return app.clientSecret === undefined
      ? `${name} is confidential; give its secret: --client-secret -`
      : `The secret is not that of ${name}, or was rotated; give the new one: --client-secret -`;
  }
  return unsure(
    tenant,
    request,
    `Check the client id of ${name}, and if it has one its secret, given with --client-secret - on stdin.`,
  );
}

/** The service gives one code for all that is wrong with a request; its words tell more. */
function requestHint(tenant: TenantConnection, refusal: ResponseError, request: RefusedRequest): string | undefined {
  // Far more than the service says: the patterns below take the square of its length.
  const words = refusal.description.slice(0, 1000).toLowerCase();
  if (refusal.error === 'metadata_too_large' || /metadata.*(maximum|size|large)/.test(words)) {
    return `Metadata may take ${metadataMaxBytes} bytes as JSON in UTF-8: keep ids there, and the rest at your own.`;
  }
  if (/metadata.*session_token/.test(words)) {
    return `In edition ea metadata is set once, at creation. A new session can carry old and new together: anon-cli token update --meta <key=value> --replace${tenant.selection}`;
  }
  if (/multiple authentication methods/.test(words)) {
    return 'The application sent its secret twice over, in the body and in a header: one of them has to go.';
  }
  if (words.includes('metadata')) {
    return 'Metadata is an object of texts, numbers, true and false; edition preview takes objects and arrays in it too.';
  }
  return unsure(tenant, request);
}
