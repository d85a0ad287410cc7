import type { Edition } from '../../../wire/edition/edition.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { DocumentPath } from '../../document/node.ts';
import type { WrittenConfig } from '../config.ts';
import { withEscapes } from '../escapes.ts';
import { type Convert, headOf, isClientId } from './converted.ts';
import { type GuestObjects, guestObjects, LeftOut } from './guest-objects.ts';

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

/** A value that is not a text: `auth0_client.web.id`. */
class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A resource as HCL. Objects, and lists of objects, are blocks. */
function hclResource(type: string, label: string, members: Readonly<Record<string, unknown>>): string {
  return `resource "${type}" "${label}" {\n${bodyOf(members, '  ')}}\n`;
}

function bodyOf(members: Readonly<Record<string, unknown>>, indent: string): string {
  const entries = Object.entries(members);
  const attributes = entries.filter(([, value]) => blocksIn(value) === undefined);
  const width = Math.max(0, ...attributes.map(([name]) => name.length));
  const lines = attributes.map(([name, value]) => `${indent}${name.padEnd(width)} = ${expressionOf(value)}\n`);
  const blocks = entries.flatMap(([name, value]) =>
    (blocksIn(value) ?? []).map((block) => {
      const body = bodyOf(block, `${indent}  `);
      return body === '' ? `${indent}${name} {}\n` : `${indent}${name} {\n${body}${indent}}\n`;
    }),
  );
  return [...lines, ...blocks].join('');
}

type Block = Readonly<Record<string, unknown>>;

function blocksIn(value: unknown): readonly Block[] | undefined {
  if (Array.isArray(value)) return value.every(isBlock) && value.length > 0 ? value : undefined;
  return isBlock(value) ? [value] : undefined;
}

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Expression);
}

function expressionOf(value: unknown): string {
  if (value instanceof Expression) return value.text;
  if (Array.isArray(value)) return `[${value.map(expressionOf).join(', ')}]`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Nothing in the text is a template. */
function quoted(text: string): string {
  return withEscapes(JSON.stringify(text).replaceAll(/[$%](?=\{)/g, '$&$&'));
}

/** Labels of resources: letters, digits and `_`, each once. */
function labels(): (name: string) => string {
  const used = new Set<string>();
  return (name) => {
    const plain = name
      .toLowerCase()
      .replaceAll(/[^a-z\d]+/g, '_')
      .replaceAll(/^_+|_+$/g, '');
    const base = /^[a-z]/.test(plain) ? plain : `_${plain}`;
    let label = base;
    for (let count = 2; used.has(label); count++) label = `${base}_${count}`;
    used.add(label);
    return label;
  };
}
