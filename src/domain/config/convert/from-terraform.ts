import type { DocumentNode } from '../../document/node.ts';
import { problemAt } from '../../document/problem.ts';
import { readDocument } from '../../document/read.ts';
import { itemsOf, memberAt } from './members.ts';
import type { OtherGrant, OtherObjects, OtherText } from './other-file.ts';

/** Reads the output of `terraform show -json`, of a plan or of a state. */
export function terraformObjects({ name, text }: OtherText): OtherObjects {
  const none = { clients: [], apis: [], grants: [] };
  const { document, problems } = readDocument({ name, text });
  if (!document) return { ...none, problems };
  const { root } = document;
  const values = memberAt(root, 'planned_values') ?? memberAt(root, 'values');
  if (!values || !memberAt(root, 'format_version')) {
    const hint = 'Make one: terraform plan -out plan.bin && terraform show -json plan.bin > plan.json';
    return { ...none, problems: [problemAt(root.place, 'This is not the output of terraform show -json.', hint)] };
  }
  const found = resourcesIn(memberAt(values.value, 'root_module')?.value);
  const ofType = (type: string) => found.filter((one) => one.type === type).map(({ node }) => node);
  const clients = ofType('auth0_client');
  const names = namesOf(found);
  const configured = expressionsIn(root);
  return {
    ...{ tenant: ofType('auth0_tenant')[0], clients, apis: ofType('auth0_resource_server'), problems },
    grants: found
      .filter(({ type }) => type === 'auth0_client_grant')
      .map(({ address, node }): OtherGrant => {
        const id = textAt(node, 'client_id');
        const referred = configured.get(address)?.find((one) => names.has(one));
        return { node, app: (id === undefined ? undefined : (names.get(id) ?? id)) ?? names.get(referred ?? '') };
      }),
  };
}

interface Resource {
  readonly type: string;
  /** `auth0_client.web`; in a module, with its address in front. */
  readonly address: string;
  /** Its values. */
  readonly node: DocumentNode;
}

function resourcesIn(module: DocumentNode | undefined): Resource[] {
  if (!module) return [];
  const own = itemsOf(memberAt(module, 'resources')).flatMap((node) => {
    const [type, address, values] = [textAt(node, 'type'), textAt(node, 'address'), memberAt(node, 'values')];
    const isManaged = textAt(node, 'mode') !== 'data';
    return type !== undefined && values && isManaged ? [{ type, address: address ?? '', node: values.value }] : [];
  });
  return [...own, ...itemsOf(memberAt(module, 'child_modules')).flatMap(resourcesIn)];
}

/** The names of applications, by client id where it is known and by address. */
function namesOf(resources: readonly Resource[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { type, address, node } of resources) {
    const name = textAt(node, 'name');
    if (type !== 'auth0_client' || name === undefined) continue;
    for (const key of [address, textAt(node, 'client_id')]) if (key !== undefined) names.set(key, name);
  }
  return names;
}

/** What the client id of each grant refers to, by the grant's address: the id of a new application is not known yet. */
function expressionsIn(root: DocumentNode): Map<string, readonly string[]> {
  const resources = itemsOf(memberAt(root, 'configuration', 'root_module', 'resources'));
  return new Map(
    resources.map((node) => {
      const references = itemsOf(memberAt(node, 'expressions', 'client_id', 'references'));
      const texts = references.flatMap((one) => (one.kind === 'scalar' ? [String(one.value)] : []));
      return [textAt(node, 'address') ?? '', texts];
    }),
  );
}

function textAt(node: DocumentNode, name: string): string | undefined {
  const value = memberAt(node, name)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}
