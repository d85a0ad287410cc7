import { mostSimilar } from '../did-you-mean.ts';
import { checkDocument } from '../document/check.ts';
import type { Document } from '../document/node.ts';
import { type Problem, sortedProblems, warningAt } from '../document/problem.ts';
import type { Config, ConfigApi, ConfigApp, ConfigTenant, WrittenConfig } from './config.ts';
import { writtenPolicies } from './policies.ts';
import { configSchema, type WrittenShape } from './schema.ts';

export interface CheckedConfig {
  /** Undefined where there are errors. */
  readonly written?: WrittenConfig;
  /** All of them, and warnings. */
  readonly problems: readonly Problem[];
}

/** Reads a document, which may be several merged ones, as a configuration. */
export function configIn(document: Document): CheckedConfig {
  const { value, problems } = checkDocument(document, configSchema);
  if (!value) return { problems };
  const config: Config = {
    ...(value.tenant && { tenant: tenantOf(value.tenant) }),
    apps: mapOf(value.apps, appOf),
    apis: mapOf(value.apis, apiOf),
    ...(value.claims && { claims: Object.entries(value.claims).map(([name, expression]) => ({ name, expression })) }),
    policies: writtenPolicies(document, value.policies ?? []),
  };
  const { name, placeOf } = document;
  return {
    written: { config, name, placeOf },
    problems: sortedProblems([...unknownApps(document, config), ...lookalikes(document, config)]),
  };
}

type Defined<Value> = NonNullable<Value>;

function tenantOf({ lifetime, format, cookie }: Defined<WrittenShape['tenant']>): ConfigTenant {
  return {
    ...(lifetime !== undefined && { lifetimeSeconds: lifetime }),
    ...(format !== undefined && { tokenFormat: format }),
    ...(cookie !== undefined && { cookie }),
  };
}

function appOf({ enabled, origins, ...rest }: Defined<WrittenShape['apps']>[string]): ConfigApp {
  const oidcConformant = rest['oidc-conformant'];
  return {
    ...(enabled !== undefined && { enabled }),
    ...(oidcConformant !== undefined && { oidcConformant }),
    ...(origins && { origins }),
  };
}

function apiOf({ open, scopes, apps, ...rest }: Defined<WrittenShape['apis']>[string]): ConfigApi {
  const tokenLifetimeSeconds = rest['token-lifetime'];
  return {
    ...(open !== undefined && { open }),
    ...(tokenLifetimeSeconds !== undefined && { tokenLifetimeSeconds }),
    ...(scopes && { scopes }),
    ...(apps && { apps: new Map(Object.entries(apps)) }),
  };
}

function mapOf<In, Out>(object: Readonly<Record<string, In>> | undefined, read: (value: In) => Out): Map<string, Out> {
  return new Map(Object.entries(object ?? {}).map(([key, value]) => [key, read(value)]));
}

/** An application that gets scopes without being in the configuration may be misspelt, or managed elsewhere. */
function unknownApps(document: Document, { apps, apis }: Config): Problem[] {
  const known = [...apps.keys()];
  return [...apis].flatMap(([audience, api]) =>
    [...(api.apps?.keys() ?? [])]
      .filter((app) => !apps.has(app))
      .map((app) => {
        const similar = mostSimilar(app, known);
        return warningAt(
          document.placeOf(['apis', audience, 'apps', app], 'key'),
          `Application '${app.slice(0, 60)}' is not in apps.`,
          similar ? `Did you mean '${similar}'?` : 'Nothing here enables it for guests.',
        );
      }),
  );
}

/** Names that probably stand for the same object: a tenant finds applications in any letter case. */
function lookalikes(document: Document, { apps, apis }: Config): Problem[] {
  const same = (part: 'apps' | 'apis', names: Iterable<string>, readOf: (name: string) => string, what: string) => {
    const seen = new Map<string, string>();
    return [...names].flatMap((name) => {
      const read = readOf(name);
      const before = seen.get(read);
      seen.set(read, before ?? name);
      if (before === undefined) return [];
      const message = `'${before.slice(0, 60)}' and '${name.slice(0, 60)}' differ only in ${what}.`;
      return [warningAt(document.placeOf([part, name], 'key'), message, 'Are they the same?')];
    });
  };
  return [
    ...same('apps', apps.keys(), (name) => name.toLowerCase(), 'letter case'),
    ...same('apis', apis.keys(), (name) => name.toLowerCase().replace(/\/+$/, ''), 'letter case or a slash at the end'),
  ];
}
