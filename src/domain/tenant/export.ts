import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { AnonError, updateHint } from '../../errors.ts';
import { isDeeperThan } from '../../jose/json.ts';
import { detectEdition } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { managementAudience } from '../../wire/oauth.ts';
import { isJsonObject, type JsonObject, problemsIn } from '../../wire/schema.ts';
import {
  type CarriedDocument,
  type CarriedKind,
  carriedKinds,
  loginKinds,
  loginLifetimes,
  type TenantExport,
  tenantExport,
  tenantExportFormat,
  tenantExportVersion,
} from '../../wire/tenant-export.ts';

/** A file can have the same mistake thousands of times. */
const mostShown = 20;

/** Far deeper than any document: code that writes a value recurses into it. */
const maxDepth = 100;

/**
 * Reads the state of a local tenant from the text of a file that `local export` wrote, and checks all of it: a state that is
 * saved must be one that the tenant can use.
 * @param source the name of the file in messages
 * @throws {AnonError} `usage`, with each problem and its place, and without any value of the file
 */
export function readTenantExport(text: string, source: string): TenantExport {
  return checkTenantExport(parse(text, source), source);
}

/** As {@link readTenantExport}, from the content of the file. */
export function checkTenantExport(parsed: unknown, source: string): TenantExport {
  const content = inThisVersion(parsed);
  if (!isJsonObject(content) || content.format !== tenantExportFormat) {
    throw new AnonError('usage', `${source} is not an export of a local tenant.`, {
      hint: 'To make one: anon-cli local export',
    });
  }
  if (typeof content.version === 'number' && content.version > tenantExportVersion) {
    throw new AnonError('usage', `${source} was exported by a newer anon-cli.`, {
      hint: updateHint,
    });
  }
  const problems = isDeeperThan(maxDepth, content)
    ? [`it nests more than ${maxDepth} levels deep`]
    : problemsIn(tenantExport, content);
  if (problems.length > 0) throw unusable(source, problems);
  const checked = content as JsonObject & TenantExport;
  const contradictions = contradictionsIn(checked);
  if (contradictions.length > 0) throw unusable(source, contradictions);
  return checked;
}

function unusable(source: string, problems: readonly string[]): AnonError {
  const more = problems.length - mostShown;
  const listed = [...problems.slice(0, mostShown), ...(more > 0 ? [`and ${more} more problems`] : [])];
  return new AnonError('usage', `${source} cannot be imported: ${listed.join('; ')}.`, {
    hint: 'Nothing was changed. Correct the file, or export the tenant again: anon-cli local export',
  });
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which has secrets in it.
    throw new AnonError('usage', `${source} is not JSON, or not all of it is there.`);
  }
}

/** A file of version 1 has no users, Actions and refresh tokens, because its tenant had none. */
function inThisVersion(content: unknown): unknown {
  if (!isJsonObject(content) || content.version !== 1 || !isJsonObject(content.documents)) return content;
  const none = Object.fromEntries(loginKinds.map((kind) => [kind, []]));
  return { ...content, version: tenantExportVersion, documents: { ...none, ...content.documents } };
}

/** The only id of a kind that has one document. */
const onlyIds: Partial<Record<CarriedKind, string>> = { tenant: 'settings', key: 'current' };

/** What is wrong with an export in which every member has its type: what its documents say of each other. */
function contradictionsIn(file: TenantExport): string[] {
  return [
    ...carriedKinds.flatMap((kind) => idProblems(kind, file.documents[kind])),
    ...editionProblems(file),
    ...settingProblems(file),
    ...issuerProblems(file),
    ...clientProblems(file),
    ...keyProblems(file),
    ...credentialProblems(file),
    ...userProblems(file),
  ];
}

function idProblems(kind: CarriedKind, documents: readonly CarriedDocument[]): string[] {
  const only = onlyIds[kind];
  if (only !== undefined) {
    const isOnly = documents.length === 1 && documents[0]?.id === only;
    return isOnly ? [] : [`documents.${kind} must have one document, with the id '${only}'`];
  }
  const member = { client: 'client_id', user: 'user_id' }[String(kind)] ?? 'id';
  const wrong = documents.flatMap(({ id, document }, index) =>
    document[member] === id ? [] : [`documents.${kind}.${index}.id must be the document's ${member}`],
  );
  return [
    ...wrong,
    ...repeated(documents, ({ id }) => id).map((index) => `documents.${kind}.${index}.id occurs twice`),
  ];
}

/** The indexes of documents whose value an earlier one has. */
function repeated(documents: readonly CarriedDocument[], read: (document: CarriedDocument) => unknown): number[] {
  const seen = new Set<unknown>();
  return documents.flatMap((document, index) => {
    const value = read(document);
    if (seen.has(value)) return [index];
    seen.add(value);
    return [];
  });
}

function editionProblems({ edition, documents }: TenantExport): string[] {
  const settings = documents.tenant[0]?.document ?? {};
  return detectEdition(settings) === edition ? [] : [`edition is ${edition}, but documents.tenant.0 has another one`];
}

/** What an edition says of guests on each kind of document. An unknown value would count as the default. */
function settingProblems({ edition, documents }: TenantExport): string[] {
  const { tenant, client, resourceServer, claims } = editionNamed(edition);
  const schemas = {
    tenant: [tenant.shown, loginLifetimes],
    client: [client.shown, ...(claims.heldBy === 'application' ? [claims.shown] : [])],
    resource_server: [resourceServer.shown, ...(claims.heldBy === 'api' ? [claims.shown] : [])],
  };
  return Object.entries(schemas).flatMap(([kind, shown]) =>
    documents[kind as keyof typeof schemas].flatMap(({ document }, index) =>
      shown.flatMap((schema) =>
        problemsIn(schema, document).map((problem) => `documents.${kind}.${index}.document.${problem}`),
      ),
    ),
  );
}

function issuerProblems({ issuer, documents: { resource_server: servers } }: TenantExport): string[] {
  const systems = servers.filter(({ document }) => document.is_system === true);
  const isServed = systems.length === 1 && systems[0]?.document.identifier === managementAudience(issuer);
  return [
    ...(isServed ? [] : [`documents.resource_server must have one API with is_system, the issuer's Management API`]),
    ...repeated(servers, ({ document }) => document.identifier).map(
      (index) => `documents.resource_server.${index}.document.identifier occurs twice`,
    ),
  ];
}

/** Every tenant has an application that no list shows. Commands sign in as it, so without it nothing could be changed. */
function clientProblems({ issuer, documents: { client: clients, client_grant: grants } }: TenantExport): string[] {
  const globals = clients.filter(({ document }) => document.global === true);
  const isUsable = globals.length === 1 && typeof globals[0]?.document.client_secret === 'string';
  if (!isUsable) return ['documents.client must have one global application, with its client_secret'];
  const isGranted = grants.some(
    ({ document: { client_id: clientId, audience } }) =>
      clientId === globals[0]?.id && audience === managementAudience(issuer),
  );
  return isGranted
    ? []
    : ['documents.client_grant must have the grant of the global application for the Management API'];
}

function keyProblems({ documents: { key: keys } }: TenantExport): string[] {
  const { signing, session, previous } = (keys[0]?.document ?? {}) as Keys;
  const place = 'documents.key.0.document';
  return [
    ...(previous?.signing ?? []).flatMap(({ jwk }, index) =>
      isVerifyingKey(jwk) ? [] : [`${place}.previous.signing.${index}.jwk is not an RSA public key of 2048 bits`],
    ),
    ...(previous?.session ?? []).flatMap(({ k }, index) =>
      isSessionKey(k) ? [] : [`${place}.previous.session.${index}.k is not 32 bytes in base64url`],
    ),
    ...(signing && isSigningKey(signing.jwk) ? [] : [`${place}.signing.jwk is not an RSA private key of 2048 bits`]),
    ...(session && isSessionKey(session.k) ? [] : [`${place}.session.k is not 32 bytes in base64url`]),
  ];
}

interface Keys {
  readonly signing?: { readonly jwk: JsonObject };
  readonly session?: { readonly k: string };
  readonly previous?: {
    readonly signing: readonly { readonly jwk: JsonObject }[];
    readonly session: readonly { readonly k: string }[];
  };
}

function isSessionKey(k: string): boolean {
  return /^[\w-]{43}$/.test(k);
}

function isVerifyingKey(jwk: JsonObject): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}

function isSigningKey(jwk: JsonObject): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}

function credentialProblems({ documents: { client, client_credential: credentials } }: TenantExport): string[] {
  const ids = new Set(client.map(({ id }) => id));
  return credentials.flatMap(({ document: { client_id, pem } }, index) => [
    ...(ids.has(String(client_id)) ? [] : [`documents.client_credential.${index}.document.client_id is unknown`]),
    ...(isPublicKey(pem) ? [] : [`documents.client_credential.${index}.document.pem is not a public key`]),
  ]);
}

function isPublicKey(pem: unknown): boolean {
  try {
    return !/PRIVATE KEY/.test(String(pem)) && createPublicKey(String(pem)).type === 'public';
  } catch {
    return false;
  }
}

/** A user logs in with an e-mail address, in upper or lower case, and is not a guest. */
function userProblems({ documents: { user: users } }: TenantExport): string[] {
  return [
    ...users.flatMap(({ id }, index) =>
      id.startsWith('anon') ? [`documents.user.${index}.id is the id of a guest`] : [],
    ),
    ...repeated(users, ({ document }) => String(document.email).toLowerCase()).map(
      (index) => `documents.user.${index}.document.email occurs twice`,
    ),
  ];
}
