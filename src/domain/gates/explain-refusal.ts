import { GateClosedError, type ResponseError, withHint } from '../../errors.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { metadataMaxBytes } from '../../wire/metadata.ts';
import { readApp } from '../app/read.ts';
import { failureHint } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { isTransientFailure } from '../exchange/retry.ts';
import { lacksFeature } from '../session/missing-feature.ts';
import { shellWord } from '../shell-word.ts';
import { explainScope, explainTarget } from './explain-api-refusal.ts';
import { appEnableCommand } from './opening-command.ts';
import { contradictedBySettings, doctorHint, type RefusedRequest, readIfPossible } from './refused-request.ts';

/**
 * The same refusal with a hint. For a closed gate, names the gate and the command that opens it; the details for that
 * command are read from the tenant if the profile has Management API credentials.
 * @see wire contract, section 2, "Errors"
 */
export async function explainRefusal(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  // Whatever its words, a failure of the service says nothing about the request. A page has its hint already.
  if (isTransientFailure(refusal.status)) {
    return refusal.hint ? refusal : withHint(refusal, failureHint(tenant));
  }
  switch (refusal.error) {
    case 'feature_not_enabled':
      return new GateClosedError(refusal, {
        name: 'tenant',
        explanation: lacksFeature,
        command: undefined,
      });
    case 'unauthorized_client':
      if (refusal.status === 400) return withHint(refusal, proofDemanded);
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
        `The session token is damaged, or from another tenant or application. Start a new session: anon-cli token create${tenant.selection}`,
      );
    case 'session_expired':
      return withHint(refusal, `Start a new session: anon-cli token create${tenant.selection}`);
    case 'invalid_request':
    case 'metadata_too_large':
      return withHint(refusal, requestHint(tenant, refusal, request));
    case 'server_error':
      return withHint(refusal, failureHint(tenant));
    case 'invalid_response':
      return refusal.status === 403 ? withHint(refusal, pageInstead) : refusal;
    default:
      // An error code outside the contract. A rate limit already has a hint.
      return refusal.hint ? refusal : withHint(refusal, doctorHint(tenant, request));
  }
}

/** The toggle's refusal has another status. */
const proofDemanded =
  'With status 400, the application requires proof of possession (DPoP), which guests cannot give. Use another application, or turn off its require_proof_of_possession.';

/** An HTML page with status 403 comes from something in front of the service. */
const pageInstead =
  'The tenant may lack the anonymous sessions feature, or a firewall or proxy on the way refused the request.';

async function explainToggle(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  const { app } = request;
  const known = await readIfPossible(tenant, () => readApp(tenant, app.clientId));
  const edition = known
    ? await readIfPossible(tenant, () => editionOf(tenant))
    : tenant.edition && editionNamed(tenant.edition);
  if (known?.enabled && (known.oidcConformant || edition?.needsOidcConformance === false)) {
    return contradictedBySettings(tenant, refusal, request, `${shellWord(app.name)} may create guest sessions`);
  }
  return new GateClosedError(refusal, {
    name: 'application',
    explanation: `Gate 2, the application: ${shellWord(app.name)} may not create guest sessions.`,
    command: appEnableCommand(tenant, { name: app.name, oidcConformant: known?.oidcConformant }, edition),
  });
}

/** The client id is unknown, or its secret is wrong, missing, or given for a public application. */
async function clientHint(tenant: TenantConnection, request: RefusedRequest): Promise<string | undefined> {
  const { app } = request;
  const name = shellWord(app.name);
  const known = await readIfPossible(tenant, async () => (await readApp(tenant, app.clientId)) ?? 'none');
  if (known === 'none')
    return `The tenant has no application with client id ${shellWord(app.clientId)}. Run: anon-cli app list${tenant.selection}`;
  if (known && known.authMethod !== 'none') {
    return app.clientSecret === undefined
      ? `${name} is confidential. Pass its secret: --client-secret -`
      : `The secret of ${name} is wrong, or was rotated. Pass the current one: --client-secret -`;
  }
  return doctorHint(
    tenant,
    request,
    `Check the client id of ${name}, and its secret if it has one (--client-secret -).`,
  );
}

/** The service has one code for every kind of bad request; only its description tells them apart. */
function requestHint(tenant: TenantConnection, refusal: ResponseError, request: RefusedRequest): string | undefined {
  // The service's descriptions are far shorter. The patterns below take quadratic time.
  const words = refusal.description.slice(0, 1000).toLowerCase();
  if (refusal.error === 'metadata_too_large' || /metadata.*(maximum|size|large)/.test(words)) {
    return `Metadata is limited to ${metadataMaxBytes} bytes of JSON in UTF-8. Store large data in your own database, and only its id here.`;
  }
  if (/metadata.*session_token/.test(words)) {
    return `Edition ea sets metadata only when a session is created. To create a session for a new guest, with the old and the new metadata: anon-cli token update --meta <key=value> --replace${tenant.selection}`;
  }
  if (/multiple authentication methods/.test(words)) {
    return 'The application sent its secret twice, in the body and in a header. Send it only once.';
  }
  if (words.includes('metadata')) {
    return 'Metadata is an object of strings, numbers and booleans; edition preview also accepts nested objects and arrays.';
  }
  return doctorHint(tenant, request);
}
