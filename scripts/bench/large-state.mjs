// Writes an export of a tenant that has more of everything, as `local import` reads it.
import { writeFileSync } from 'node:fs';
import { run } from './program.mjs';

/**
 * Multiplies the applications, APIs and guest grants of a tenant in edition ea. By default each application has two grants.
 * @param home a home whose local tenant has the application `web` and the API `shop`, open to guests
 */
export function fillTenant({ folder, env }, { clients, apis, grants = 2 * clients }) {
  const exported = JSON.parse(run(env, ['local', 'export', '--output', '-']));
  const { documents } = exported;
  const app = documents.client.find(({ document }) => document.name === 'web').document;
  const api = documents.resource_server.find(({ document }) => document.name === 'shop').document;
  const grant = documents.client_grant.find(({ document }) => document.subject_type === 'anonymous_user').document;
  const newApis = numbers(apis).map((n) => ({
    ...api,
    id: `${n}`.padStart(24, '0'),
    name: `api ${n}`,
    identifier: audienceOf(n),
  }));
  const newApps = numbers(clients).map((n) => ({ ...app, client_id: clientIdOf(n), name: `app ${n}` }));
  const newGrants = numbers(grants).map((n) => {
    const id = `cgr_${`${n}`.padStart(16, '0')}`;
    return {
      ...grant,
      id,
      client_id: clientIdOf(Math.floor((n * clients) / grants)),
      audience: audienceOfGrant(n, apis),
    };
  });
  documents.client.push(...newApps.map((document) => ({ id: document.client_id, document })));
  documents.resource_server.push(...newApis.map((document) => ({ id: document.id, document })));
  documents.client_grant.push(...newGrants.map((document) => ({ id: document.id, document })));
  const file = `${folder}/tenant.json`;
  writeFileSync(file, JSON.stringify(exported), { mode: 0o600 });
  run(env, ['local', 'import', file, '--yes']);
}

export function clientIdOf(n) {
  return `${n}`.padStart(32, 'a');
}

/** The audience of the grant with a number. */
export function audienceOfGrant(n, apis) {
  return audienceOf((Math.floor(n / 2) + n) % apis);
}

function audienceOf(n) {
  return `https://api-${n}.example`;
}

function numbers(count) {
  return Array.from({ length: count }, (_, n) => n);
}
