import { Document, isMap, isScalar, type Pair, type Scalar, visit, type YAMLSeq } from 'yaml';
import { claimPath } from '../claims/parse-mapping.ts';
import { lifetimeArgument } from '../duration.ts';
import type { Config, ConfigApi, ConfigApp, ConfigTenant } from './config.ts';
import { acting, escaped, withEscapes } from './escapes.ts';
import { schemaLine } from './template.ts';

/** What a file says without policies. */
export type RenderedConfig = Omit<Config, 'policies'>;

interface Framing {
  /** The path to the JSON Schema for the first line. */
  readonly schema: string;
  /** A line of prose below it. */
  readonly comment: string;
}

/**
 * A configuration as YAML, in the order of its maps, with every member that it has: equal configurations give equal texts, and
 * reading the text gives the configuration.
 */
export function renderConfig(config: RenderedConfig, framing: Framing): string {
  return renderWords(dataOf(config), framing);
}

/** What a file says in its own words, in which `$${` already stands for `${`. */
export function renderWords(words: object, { schema, comment }: Framing): string {
  return `${schemaLine(schema)}\n# ${comment}\n\n${renderYaml(words)}`;
}

/**
 * Data as YAML without anything that a terminal would act on. With `quoted`, texts are texts for YAML 1.1 too; with `flow`, the
 * outermost list is in brackets.
 */
export function renderYaml(data: object, { quoted = false, flow = false } = {}): string {
  const document = new Document(data, { schema: 'core', version: '1.2', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, scalar) {
      const isText = typeof scalar.value === 'string';
      if (isText && ((quoted && key !== 'key') || acting.test(String(scalar.value)))) scalar.type = 'QUOTE_DOUBLE';
    },
    Seq(_key, list) {
      list.flow = flow || isShort(list);
    },
    Pair(_key, pair) {
      // Without quotes, it would be a merge key.
      if (isScalar(pair.key) && pair.key.value === '<<') pair.key.type = 'QUOTE_DOUBLE';
      withSpace(document, pair);
    },
  });
  const text = document.toString({
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    flowCollectionPadding: false,
  });
  return withEscapes(text);
}

/** In the words of the file. */
function dataOf({ tenant, apps, apis, claims }: RenderedConfig): object {
  const manages = [tenant, ...apps.keys(), ...apis.keys(), claims].some((part) => part !== undefined);
  return {
    // A file may not be empty.
    ...((tenant || !manages) && { tenant: tenantData(tenant ?? {}) }),
    ...(apps.size > 0 && { apps: mapData(apps, appData) }),
    ...(apis.size > 0 && { apis: mapData(apis, apiData) }),
    ...(claims && {
      claims: Object.fromEntries(claims.map(({ name, expression }) => [escaped(name), claimPath(expression)])),
    }),
  };
}

function tenantData({ lifetimeSeconds, tokenFormat, cookie }: ConfigTenant): object {
  return {
    ...(lifetimeSeconds !== undefined && { lifetime: lifetimeArgument(lifetimeSeconds) }),
    ...(tokenFormat !== undefined && { format: tokenFormat }),
    ...(cookie !== undefined && { cookie }),
  };
}

function appData({ enabled, oidcConformant, origins }: ConfigApp): object {
  return {
    ...(enabled !== undefined && { enabled }),
    ...(oidcConformant !== undefined && { 'oidc-conformant': oidcConformant }),
    ...(origins && { origins: origins.map(escaped) }),
  };
}

function apiData({ open, tokenLifetimeSeconds, scopes, apps }: ConfigApi): object {
  return {
    ...(open !== undefined && { open }),
    ...(tokenLifetimeSeconds !== undefined && { 'token-lifetime': lifetimeArgument(tokenLifetimeSeconds) }),
    ...(scopes && { scopes: scopes.map(escaped) }),
    ...(apps && { apps: mapData(apps, (list) => list.map(escaped)) }),
  };
}

function mapData<In, Out>(map: ReadonlyMap<string, In>, read: (value: In) => Out): Map<string, Out> {
  return new Map([...map].map(([key, value]) => [escaped(key), read(value)]));
}

/** Lists that fit on a line are on one. */
function isShort(list: YAMLSeq): boolean {
  if (!list.items.every(isScalar)) return false;
  const length = list.items.reduce<number>((sum, item) => sum + String((item as Scalar).value).length + 2, 0);
  return length <= 70;
}

/** An empty line between the parts of the file. */
function withSpace(document: Document, pair: Pair): void {
  const { contents } = document;
  if (!isMap(contents) || !isScalar(pair.key) || !contents.items.includes(pair)) return;
  pair.key.spaceBefore = contents.items[0] !== pair;
}
