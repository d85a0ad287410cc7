import type { TenantExport } from '../../src/wire/tenant-export.ts';
import storedKeys from '../local/tenant-keys.json' with { type: 'json' };

/** How many documents an export has beside those of every tenant. */
interface Size {
  readonly clients?: number;
  readonly apis?: number;
  readonly grants?: number;
}

const issuer = 'https://localhost:4400/';

/** The export of a tenant in edition `ea` of any size, with the keys of all test tenants. */
export function sampleExport({ clients = 1, apis = 1, grants = 1 }: Size = {}): TenantExport {
  const numbers = (length: number) => Array.from({ length }, (_, index) => index);
  const audience = (index: number) => `https://api-${index}.example`;
  const client = (id: string, members: object) => ({
    id,
    document: {
      client_id: id,
      client_secret: `secret of ${id}`,
      app_type: 'spa',
      callbacks: [],
      grant_types: ['client_credentials'],
      ...members,
    },
  });
  const api = (id: string, members: object) => ({
    id,
    document: { id, scopes: [{ value: 'read:catalog' }], ...members },
  });
  const management = { identifier: `${issuer}api/v2/`, name: 'Auth0 Management API', is_system: true };
  return {
    format: 'anon-cli local tenant',
    version: 2,
    edition: 'ea',
    issuer,
    documents: {
      tenant: [{ id: 'settings', document: { friendly_name: 'Local tenant', flags: {} } }],
      key: [{ id: 'current', document: { ...storedKeys.one } }],
      client: [
        client('global', { name: 'All Applications', global: true }),
        ...numbers(clients).map((index) => client(`client-${index}`, { name: `app ${index}` })),
      ],
      resource_server: [
        api('system', management),
        ...numbers(apis).map((index) => api(`api-${index}`, { name: `api ${index}`, identifier: audience(index) })),
      ],
      client_grant: [
        {
          id: 'cgr_own',
          document: {
            id: 'cgr_own',
            client_id: 'global',
            audience: management.identifier,
            scope: ['read:clients', 'read:client_keys'],
            subject_type: 'client',
            is_system: true,
          },
        },
        ...numbers(grants).map((index) => ({
          id: `cgr_${index}`,
          document: {
            id: `cgr_${index}`,
            client_id: `client-${index % Math.max(1, clients)}`,
            audience: audience(Math.floor(index / Math.max(1, clients)) % Math.max(1, apis)),
            scope: ['read:catalog'],
            subject_type: 'anonymous_user',
          },
        })),
      ],
      client_credential: [],
      user: [],
      action: [],
      refresh_token: [],
    },
  };
}
