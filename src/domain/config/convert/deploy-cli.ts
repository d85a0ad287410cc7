import type { JsonObject } from '../../../wire/schema.ts';
import type { DocumentNode } from '../../document/node.ts';
import { type Problem, problemAt } from '../../document/problem.ts';
import { readDocument } from '../../document/read.ts';
import { renderYaml } from '../render-config.ts';
import { type Convert, headOf, isClientId } from './converted.ts';
import { type GuestObjects, guestObjects, LeftOut } from './guest-objects.ts';
import { itemsOf, type Member, memberAt } from './members.ts';
import type { OtherGrant, OtherObjects, OtherText } from './other-file.ts';
import { withMarks } from './references.ts';

/** What a folder of the directory format has in each of its folders. */
export const deployCliFolders = { clients: 'clients', 'resource-servers': 'apis', grants: 'grants' } as const;

/** A file, and what its folder says that it is; a file in YAML has everything. */
export interface DeployCliText extends OtherText {
  readonly part: 'all' | 'tenant' | (typeof deployCliFolders)[keyof typeof deployCliFolders];
}

/** Reads the files of auth0-deploy-cli, in its YAML or its directory format. */
export function deployCliObjects(texts: readonly DeployCliText[]): OtherObjects {
  const problems: Problem[] = [];
  const parts = { tenant: [] as DocumentNode[], clients: [] as DocumentNode[], apis: [] as DocumentNode[] };
  const grants: OtherGrant[] = [];
  for (const { name, text, part } of texts) {
    const { document, problems: found } = readDocument({ name, text: withMarks(text) });
    problems.push(...found);
    if (!document) continue;
    const { root } = document;
    if (root.kind !== 'map') {
      problems.push(problemAt(root.place, 'This is not a file of auth0-deploy-cli: it must be a map.'));
    } else if (part === 'grants') grants.push(grantOf(root));
    else if (part !== 'all') parts[part].push(root);
    else {
      const tenant = memberAt(root, 'tenant');
      if (tenant) parts.tenant.push(tenant.value);
      parts.clients.push(...listed(memberAt(root, 'clients'), problems));
      parts.apis.push(...listed(memberAt(root, 'resourceServers'), problems));
      grants.push(...listed(memberAt(root, 'clientGrants'), problems).map(grantOf));
    }
  }
  return { ...parts, tenant: parts.tenant[0], grants, problems };
}

function listed(member: Member | undefined, problems: Problem[]): readonly DocumentNode[] {
  if (member && member.value.kind !== 'list') {
    problems.push(problemAt(member.value.place, `'${member.name}' must be a list.`));
  }
  return itemsOf(member);
}

function grantOf(node: DocumentNode): OtherGrant {
  const app = memberAt(node, 'client_id')?.value;
  return { node, app: app?.kind === 'scalar' && typeof app.value === 'string' ? app.value : undefined };
}

const prose = [
  'Guest access for auth0-deploy-cli, from anon-cli config convert.',
  'It has only the settings of guests. Import it with AUTH0_INCLUDED_ONLY=["tenant","clients","resourceServers","clientGrants"]',
  'and never with AUTH0_ALLOW_DELETE, which deletes whatever is not in it. Applications and APIs that do not exist are created.',
  'The tool requires a name for each API, which the configuration does not have: ##API_1_NAME## keeps the name at the tenant.',
  'Origins are web_origins; what an application has in allowed_origins stays.',
];

/** A `tenant.yaml` for auth0-deploy-cli 8. @see management-api, section 3.3 */
export const deployCliFile: Convert = (written, edition) => {
  const leftOut = new LeftOut(written);
  const objects = guestObjects(written, edition, leftOut);
  const clients = clientsOf(objects, leftOut);
  const data = {
    ...(Object.keys(objects.tenant).length > 0 && { tenant: objects.tenant }),
    ...(clients.length > 0 && { clients }),
    ...(objects.apis.length > 0 && { resourceServers: apisOf(objects, leftOut) }),
    ...(objects.grants.length > 0 && { clientGrants: grantsOf(objects) }),
  };
  const body = Object.keys(data).length > 0 ? renderYaml(data, { quoted: true }) : '{}\n';
  return { text: `${headOf(prose, leftOut.sorted)}${body}`, leftOut: leftOut.sorted };
};

function clientsOf({ apps }: GuestObjects, leftOut: LeftOut): JsonObject[] {
  return apps.flatMap(({ reference, members }) => {
    if (!isClientId(reference)) return [{ name: reference, ...members }];
    leftOut.add(['apps', reference], 'auth0-deploy-cli requires the name of an application, and this is a client id.');
    return [];
  });
}

/** Version 8.44.0 refuses a guest policy, so an API in edition `ea` can be neither opened nor closed. */
function apisOf({ apis }: GuestObjects, leftOut: LeftOut): JsonObject[] {
  return apis.map(({ audience, members: { subject_type_authorization: policy, ...members } }, index) => {
    if (policy !== undefined) {
      leftOut.add(
        ['apis', audience, 'open'],
        'auth0-deploy-cli 8.44.0 refuses subject_type_authorization.anonymous_user. Set it with anon-cli api enable or disable.',
      );
    }
    return { name: `##API_${index + 1}_NAME##`, identifier: audience, ...members };
  });
}

function grantsOf({ grants }: GuestObjects): JsonObject[] {
  return grants.map(({ app, audience, scopes }) => ({
    ...{ client_id: app, audience, subject_type: 'anonymous_user' },
    scope: scopes,
  }));
}
