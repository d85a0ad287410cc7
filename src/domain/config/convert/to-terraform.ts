import type { Edition } from '../../../wire/edition/edition.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { DocumentPath } from '../../document/node.ts';
import type { WrittenConfig } from '../config.ts';
import { type Convert, headOf, isClientId } from './converted.ts';
import { type GuestObjects, guestObjects, LeftOut } from './guest-objects.ts';
import { Expression, hclResource, labels } from './hcl.ts';

const prose = [
  'Guest access for the Terraform provider auth0/auth0, from 1.58.0 on, from anon-cli config convert.',
  'It has only the settings of guests. Merge the blocks into the resources that you have, or import the objects first:',
  'terraform import <address> <id>. Otherwise, Terraform creates new ones, and resets settings that a resource does not have.',
  'Origins are web_origins; what an application has in allowed_origins stays.',
];

/** Resources for the Terraform provider, which knows the members of edition `ea`. @see management-api, section 4 */
export const terraformFile: Convert = (written, edition) => {
  const leftOut = new LeftOut(written);
  const objects = guestObjects(written, edition, leftOut);
  const known = edition.grantsScopes ? objects : withoutGuests(objects, written, edition, leftOut);
  const text = resources(known, leftOut).join('\n');
  return { text: `${headOf(prose, leftOut.sorted)}${text}`.trimEnd().concat('\n'), leftOut: leftOut.sorted };
};

function resources({ tenant, apps, apis, grants }: GuestObjects, leftOut: LeftOut): string[] {
  const [appLabel, apiLabel, grantLabel] = [labels(), labels(), labels()];
  const named = apps.filter(({ reference, members }) => {
    if (!isClientId(reference)) return Object.keys(members).length > 0 || grants.some(({ app }) => app === reference);
    leftOut.add(['apps', reference], 'Terraform requires the name of an application, and this is a client id.');
    return false;
  });
  const appLabels = new Map(named.map(({ reference }) => [reference, appLabel(reference)]));
  const apiLabels = new Map(apis.map(({ audience }) => [audience, apiLabel(audience.replace(/^https?:\/\//, ''))]));
  return [
    ...(Object.keys(tenant).length > 0 ? [hclResource('auth0_tenant', 'tenant', tenant)] : []),
    ...named.map(({ reference, members }) =>
      hclResource('auth0_client', appLabels.get(reference) ?? '', { name: reference, ...members }),
    ),
    ...apis.map(({ audience, members }) =>
      hclResource('auth0_resource_server', apiLabels.get(audience) ?? '', { identifier: audience, ...members }),
    ),
    ...grants.flatMap(({ app, audience, scopes, path }) => {
      const client = clientOf(app, appLabels.get(app));
      if (client === undefined) {
        leftOut.add(path, 'Terraform requires the client id of an application, and this one is not in apps.');
        return [];
      }
      const [one, other] = [appLabels.get(app) ?? 'client', apiLabels.get(audience) ?? ''];
      return hclResource('auth0_client_grant', grantLabel(`${one}_${other}`), {
        client_id: client,
        audience: new Expression(`auth0_resource_server.${other}.identifier`),
        subject_type: 'anonymous_user',
        scopes,
      });
    }),
  ];
}

function clientOf(app: string, label: string | undefined): Expression | string | undefined {
  if (label !== undefined) return new Expression(`auth0_client.${label}.id`);
  return isClientId(app) ? app : undefined;
}

/** What the provider knows in the other edition: settings that are not only for guests. */
function withoutGuests(
  { apps }: GuestObjects,
  { config }: WrittenConfig,
  edition: Edition,
  leftOut: LeftOut,
): GuestObjects {
  const leave = (path: DocumentPath) =>
    leftOut.add(path, `the Terraform provider has no setting for it in edition ${edition.name}.`);
  if (config.tenant?.lifetimeSeconds !== undefined) leave(['tenant', 'lifetime']);
  if (config.tenant?.tokenFormat !== undefined) leave(['tenant', 'format']);
  for (const [reference, { enabled }] of config.apps) if (enabled !== undefined) leave(['apps', reference, 'enabled']);
  for (const audience of config.apis.keys()) leave(['apis', audience]);
  if (config.claims) leave(['claims']);
  const kept = ({ oidc_conformant: conformant, web_origins: origins }: JsonObject) => ({
    ...(conformant !== undefined && { oidc_conformant: conformant }),
    ...(origins !== undefined && { web_origins: origins }),
  });
  return {
    ...{ tenant: {}, apis: [], grants: [] },
    apps: apps.map(({ reference, members }) => ({ reference, members: kept(members) })),
  };
}
