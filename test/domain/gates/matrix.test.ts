import { describe, expect, it } from 'vitest';
import { guestMatrix, type Matrix } from '../../../src/domain/gates/matrix.ts';
import { connectionTo } from '../../support/domain.ts';
import { confidentialApp, guestGrantId, openTenant, testTenant } from '../../support/local.ts';

const told = ({ rows }: Matrix) =>
  rows.flat().map(({ app, api, scopes, open }) => `${app.name} ${api.name} ${scopes.join(' ')} ${open}`);

describe.each(['preview', 'ea'] as const)('edition %s', (edition) => {
  it('shows only open pairs', async () => {
    const tenant = await openTenant({ edition });
    const manage = await tenant.management();
    await manage('POST', '/api/v2/clients', { json: { name: 'closed' } });
    await manage('POST', '/api/v2/resource-servers', {
      json: { identifier: 'https://closed.example', name: 'closed' },
    });
    const matrix = await guestMatrix(connectionTo(tenant), { all: false });
    expect(told(matrix)).toEqual(['web shop read:catalog write:cart true']);
    expect(told(await guestMatrix(connectionTo(tenant), { all: true }))).toEqual([
      'closed closed  false',
      edition === 'ea' ? 'closed shop  false' : 'closed shop read:catalog write:cart false',
      'web closed  false',
      'web shop read:catalog write:cart true',
    ]);
  });

  it('shows nothing for a new tenant', async () => {
    const matrix = await guestMatrix(connectionTo(await testTenant({ edition })), { all: false });
    expect(matrix).toEqual({ apps: [], apis: [], rows: [] });
  });

  it('shows a closed API that still has grants, as closed', async () => {
    const tenant = await openTenant({ edition });
    const closed = edition === 'ea' ? { subject_type_authorization: {} } : { allow_anonymous_access: false };
    await tenant.change('resource_server', tenant.api.id, closed);
    expect(told(await guestMatrix(connectionTo(tenant), { all: false }))).toEqual([
      'web shop read:catalog write:cart false',
    ]);
  });
});

describe('edition ea', () => {
  it('shows a disabled application with a grant, and not one without', async () => {
    const tenant = await openTenant({ edition: 'ea', app: { anonymous_sessions: { active: false } } });
    await confidentialApp(tenant);
    expect(told(await guestMatrix(connectionTo(tenant), { all: false }))).toEqual([
      'server shop  false',
      'web shop read:catalog write:cart false',
    ]);
  });

  it('shows the scopes that the API defines, sorted', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    await tenant.change('client_grant', guestGrantId, { scope: ['write:cart', 'gone', 'read:catalog'] });
    expect(told(await guestMatrix(connectionTo(tenant), { all: false }))).toEqual([
      'web shop read:catalog write:cart true',
    ]);
  });

  it('requests each list once for hundreds of applications, page by page', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    const app = await tenant.store.get('client', tenant.app.client_id);
    await tenant.store.write((writer) => {
      for (let index = 0; index < 250; index += 1) {
        const id = `app${String(index).padStart(4, '0')}`;
        writer.put('client', id, { ...app, client_id: id, name: id });
        writer.put('client_grant', id, {
          id,
          client_id: id,
          audience: tenant.api.identifier,
          scope: ['read:catalog'],
          subject_type: 'anonymous_user',
        });
      }
    });
    const connection = connectionTo(tenant);
    const matrix = await guestMatrix(connection, { all: false });
    expect(matrix.rows.flat().filter(({ open }) => open)).toHaveLength(251);
    expect(connection.sent.filter((line) => line.startsWith('GET '))).toHaveLength(3 + 1 + 3);
  });
});
