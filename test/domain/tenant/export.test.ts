import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readTenantExport } from '../../../src/domain/tenant/export.ts';
import { isAnonError } from '../../../src/errors.ts';
import { sampleExport } from '../../support/tenant-export.ts';

/** The members of a file, to change in any way. */
// biome-ignore lint/suspicious/noExplicitAny: each test breaks another member
type Loose = any;

function user(id: string, members: object = {}) {
  return { id, document: { user_id: id, email: 'jane@example.com', ...members } };
}

function textOf(change: (file: Loose) => void = () => {}): string {
  const file: Loose = structuredClone(sampleExport());
  change(file);
  return JSON.stringify(file);
}

function refusal(text: string): { code: string; message: string; hint: string | undefined } {
  try {
    readTenantExport(text, 'tenant.json');
  } catch (error) {
    if (isAnonError(error)) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('the file was accepted');
}

const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' });
const pair = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const credential = { id: 'cred_1', client_id: 'client-0', kid: 'k', alg: 'ES256', pem: pair.publicKey };
const nested = (depth: number): Loose => (depth === 0 ? 1 : { a: nested(depth - 1) });

/** When a key of before a rotation was rotated, and when it ends. */
const rotated = { rotated_at: '2026-06-01T12:00:00.000Z', ends_at: null };

describe('an export', () => {
  it('is read as it was written', () => {
    expect(readTenantExport(textOf(), 'tenant.json')).toEqual(sampleExport());
  });

  it('of version 1 is read as one without users, Actions and refresh tokens', () => {
    const text = textOf((file) => {
      file.version = 1;
      for (const kind of ['user', 'action', 'refresh_token']) delete file.documents[kind];
    });
    expect(readTenantExport(text, 'tenant.json')).toEqual(sampleExport());
  });

  it('may have keys of applications, and members that this version does not know', () => {
    const change = (file: Loose) => {
      file.documents.client_credential.push({ id: 'cred_1', document: credential });
      file.documents.client[1].document.added_later = { any: [1, null, 'text'] };
    };
    expect(readTenantExport(textOf(change), 'tenant.json').documents.client[1]?.document).toMatchObject({
      added_later: { any: [1, null, 'text'] },
    });
  });

  it.each([
    ['nothing', '', 'is not JSON, or not all of it is there.'],
    ['half of an export', textOf().slice(0, -1), 'is not JSON, or not all of it is there.'],
    ['a list', '[]', 'is not an export of a local tenant.'],
    ['null', 'null', 'is not an export of a local tenant.'],
    [
      'an export of sessions',
      '{"version":1,"issuer":"https://a/","sessions":[]}',
      'is not an export of a local tenant.',
    ],
    ['a later version', textOf((file) => (file.version = 3)), 'was exported by a newer anon-cli.'],
  ])('is refused for what it is: %s', (_, text, message) => {
    expect(refusal(text)).toMatchObject({ code: 'usage', message: `tenant.json ${message}` });
  });

  it.each<[problem: string, change: (file: Loose) => void]>([
    ['version must be 2', (file) => (file.version = 0)],
    ['version is required', (file) => delete file.version],
    ["edition must be 'preview' or 'ea'", (file) => (file.edition = 'beta')],
    ['issuer must be an address such as https://localhost:4400/', (file) => (file.issuer = 'https://localhost:4400')],
    ['issuer must be an address such as https://localhost:4400/', (file) => (file.issuer = 'http://localhost:4400/')],
    ['extra is unknown', (file) => (file.extra = 1)],
    ['documents is required', (file) => delete file.documents],
    ['documents.role is unknown', (file) => (file.documents.role = [])],
    ['documents.user is required', (file) => delete file.documents.user],
    [
      'documents.user.0.document.email must be an e-mail address',
      (file) => (file.documents.user = [{ id: 'a', document: { user_id: 'a', email: 'jane' } }]),
    ],
    [
      'documents.user.0.document.email is required',
      (file) => (file.documents.user = [{ id: 'a', document: { user_id: 'a' } }]),
    ],
    [
      'documents.action.0.document.file is required',
      (file) => (file.documents.action = [{ id: 'a', document: { id: 'a', name: 'cart', trigger: 'post-login' } }]),
    ],
    ['documents.client_grant is required', (file) => delete file.documents.client_grant],
    ['documents.client must be an array', (file) => (file.documents.client = {})],
    ['documents.client.1 must be an object', (file) => (file.documents.client[1] = 'web')],
    ['documents.client.1.id must not be empty', (file) => (file.documents.client[1].id = '')],
    ['documents.client.1.revision is unknown', (file) => (file.documents.client[1].revision = 4)],
    ['documents.client.1.document must be an object', (file) => (file.documents.client[1].document = null)],
    ['documents.client.1.document.name must be a string', (file) => (file.documents.client[1].document.name = 7)],
    [
      'documents.client_grant.1.document.scope.0 must be a string',
      (file) => (file.documents.client_grant[1].document.scope = [{}]),
    ],
    ['documents.key.0.document.signing is required', (file) => delete file.documents.key[0].document.signing],
    ['it nests more than 100 levels deep', (file) => (file.documents.tenant[0].document.flags = nested(200))],
  ])('is refused for its form: %s', (problem, change) => {
    expect(refusal(textOf(change)).message).toBe(`tenant.json cannot be imported: ${problem}.`);
  });

  it.each<[problem: string, change: (file: Loose) => void]>([
    [
      "documents.tenant must have one document, with the id 'settings'",
      (file) => (file.documents.tenant[0].id = 'other'),
    ],
    [
      "documents.key must have one document, with the id 'current'",
      (file) => file.documents.key.push({ ...file.documents.key[0], id: 'next' }),
    ],
    [
      'documents.client.1.document.anonymous_sessions.active must be true or false',
      (file) => (file.documents.client[1].document.anonymous_sessions = { active: 'yes' }),
    ],
    [
      'documents.resource_server.1.document.access_token.claims_mapping.custom_claims must be an array',
      (file) => (file.documents.resource_server[1].document.access_token = { claims_mapping: { custom_claims: 'x' } }),
    ],
    [
      'documents.resource_server.1.document.subject_type_authorization must be an object',
      (file) => (file.documents.resource_server[1].document.subject_type_authorization = 'open'),
    ],
    [
      'documents.tenant.0.document.session_lifetime must be a number',
      (file) => (file.documents.tenant[0].document.session_lifetime = '7d'),
    ],
    ["documents.client.1.id must be the document's client_id", (file) => (file.documents.client[1].id = 'renamed')],
    [
      "documents.resource_server.1.id must be the document's id",
      (file) => (file.documents.resource_server[1].id = 'renamed'),
    ],
    [
      'documents.client_grant.2.id occurs twice',
      (file) => file.documents.client_grant.push(file.documents.client_grant[0]),
    ],
    [
      'documents.resource_server.2.document.identifier occurs twice',
      (file) =>
        file.documents.resource_server.push({
          id: 'b',
          document: { ...file.documents.resource_server[1].document, id: 'b' },
        }),
    ],
    ['edition is preview, but documents.tenant.0 has another one', (file) => (file.edition = 'preview')],
    [
      "documents.resource_server must have one API with is_system, the issuer's Management API",
      (file) => (file.documents.resource_server[0].document.identifier = 'https://acme.test/api/v2/'),
    ],
    [
      "documents.resource_server must have one API with is_system, the issuer's Management API",
      (file) => delete file.documents.resource_server[0].document.is_system,
    ],
    [
      'documents.client must have one global application, with its client_secret',
      (file) => file.documents.client.shift(),
    ],
    [
      'documents.client must have one global application, with its client_secret',
      (file) => delete file.documents.client[0].document.client_secret,
    ],
    [
      'documents.client_grant must have the grant of the global application for the Management API',
      (file) => file.documents.client_grant.shift(),
    ],
    [
      'documents.key.0.document.signing.jwk is not an RSA private key of 2048 bits',
      (file) => delete file.documents.key[0].document.signing.jwk.d,
    ],
    [
      'documents.key.0.document.signing.jwk is not an RSA private key of 2048 bits',
      (file) => (file.documents.key[0].document.signing.jwk = short),
    ],
    [
      'documents.key.0.document.previous.signing.0.jwk is not an RSA public key of 2048 bits',
      (file) =>
        (file.documents.key[0].document.previous = { signing: [{ ...rotated, kid: 'k', jwk: {} }], session: [] }),
    ],
    [
      'documents.key.0.document.previous.session.0.k is not 32 bytes in base64url',
      (file) => (file.documents.key[0].document.previous = { signing: [], session: [{ ...rotated, k: 'short' }] }),
    ],
    [
      'documents.key.0.document.previous.signing.0.ends_at must be a time in ISO 8601',
      (file) =>
        (file.documents.key[0].document.previous = {
          signing: [{ ...rotated, kid: 'k', jwk: {}, ends_at: 'soon' }],
          session: [],
        }),
    ],
    [
      'documents.key.0.document.session.k is not 32 bytes in base64url',
      (file) => (file.documents.key[0].document.session.k = 'c2hvcnQ'),
    ],
    [
      'documents.client_credential.0.document.client_id is unknown',
      (file) => (file.documents.client_credential = [{ id: 'cred_1', document: { ...credential, client_id: 'gone' } }]),
    ],
    [
      'documents.client_credential.0.document.pem is not a public key',
      (file) =>
        (file.documents.client_credential = [{ id: 'cred_1', document: { ...credential, pem: pair.privateKey } }]),
    ],
    [
      "documents.user.0.id must be the document's user_id",
      (file) => (file.documents.user = [user('jane', { user_id: 'x' })]),
    ],
    [
      'documents.user.1.document.email occurs twice',
      (file) => (file.documents.user = [user('auth0|a'), user('auth0|b', { email: 'JANE@example.com' })]),
    ],
    ['documents.user.0.id is the id of a guest', (file) => (file.documents.user = [user('anon|a')])],
    [
      "documents.refresh_token.0.id must be the document's id",
      (file) => (file.documents.refresh_token = [{ id: 'a', document: { id: 'b', user_id: 'c', client_id: 'd' } }]),
    ],
  ])('is refused because its documents contradict each other: %s', (problem, change) => {
    expect(refusal(textOf(change)).message).toBe(`tenant.json cannot be imported: ${problem}.`);
  });

  it('is refused with all of its problems, up to 20', () => {
    const file: Loose = structuredClone(sampleExport({ clients: 50 }));
    for (const { document } of file.documents.client) document.name = 1;
    const { message, hint } = refusal(JSON.stringify(file));
    expect(message).toContain('documents.client.0.document.name must be a string; documents.client.1.document.name');
    expect(message).toMatch(/documents\.client\.19\.document\.name must be a string; and 31 more problems\.$/);
    expect(hint).toContain('Nothing was changed.');
  });

  it('is refused without a secret in the message', () => {
    const secret = sampleExport().documents.key[0]?.document.session as { k: string };
    const broken = textOf().replace(`"${secret.k}"`, `"${secret.k}`);
    for (const text of [broken, textOf((file) => (file.documents.key[0].document.session = secret.k))]) {
      expect(refusal(text).message).not.toContain(secret.k.slice(0, 10));
    }
  });
});
