import type { DocumentNode } from '../../document/node.ts';
import { type Problem, problemAt } from '../../document/problem.ts';
import { readDocument } from '../../document/read.ts';
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
