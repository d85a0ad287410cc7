import { isAnonError } from '../../../errors.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { DocumentPath } from '../../document/node.ts';
import { type Problem, sortedProblems, warningAt } from '../../document/problem.ts';
import { checkGuestTokenLifetime, checkSessionLifetime } from '../../lifetime.ts';
import { same } from '../../plan/difference.ts';
import type { ConfigApi, ConfigApp, WrittenConfig } from '../config.ts';
import { sorted } from '../settings.ts';

/** A configuration as the members that the Management API has for it, for tools that write those. */
export interface GuestObjects {
  /** Members of the tenant settings. */
  readonly tenant: JsonObject;
  readonly apps: readonly { readonly reference: string; readonly members: JsonObject }[];
  readonly apis: readonly { readonly audience: string; readonly members: JsonObject }[];
  /** Client grants for guests; only in an edition that has them. */
  readonly grants: readonly GuestGrantObject[];
}

export interface GuestGrantObject {
  /** The application's name or client id, as the file has it. */
  readonly app: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** In the configuration file. */
  readonly path: DocumentPath;
}

/** Collects what another tool, or the edition, cannot express: with its place in the file. */
export class LeftOut {
  readonly #all: Problem[] = [];
  readonly #written: WrittenConfig;

  constructor(written: WrittenConfig) {
    this.#written = written;
  }

  get sorted(): readonly Problem[] {
    return sortedProblems(this.#all);
  }

  add(path: DocumentPath, reason: string): void {
    const [setting, owner] = [path.at(-1), path.length > 2 ? path.at(-2) : undefined];
    const what = owner === undefined ? `'${setting}'` : `'${setting}' of ${String(owner).slice(0, 60)}`;
    this.#all.push(warningAt(this.#written.placeOf(path, 'key'), `${what} is left out: ${reason}`));
  }
}

/** The members of a configuration in an edition. What the edition does not have is added to `leftOut`. */
export function guestObjects(written: WrittenConfig, edition: Edition, leftOut: LeftOut): GuestObjects {
  const { config } = written;
  const draft = new Draft(written, edition, leftOut);
  if (config.policies.length > 0) leftOut.add(['policies'], 'only anon-cli checks policies.');
  return {
    tenant: draft.tenant(),
    apps: [...config.apps].map(([reference, app]) => ({ reference, members: draft.app(app) })),
    apis: [...config.apis].map(([audience, api]) => ({ audience, members: draft.api(audience, api) })),
    grants: edition.grantsScopes ? [...config.apis].flatMap(([audience, api]) => draft.grants(audience, api)) : [],
  };
}

class Draft {
  readonly #written: WrittenConfig;
  readonly #edition: Edition;
  readonly #leftOut: LeftOut;
  readonly #enabled: readonly string[];

  constructor(written: WrittenConfig, edition: Edition, leftOut: LeftOut) {
    this.#written = written;
    this.#edition = edition;
    this.#leftOut = leftOut;
    this.#enabled = [...written.config.apps].filter(([, { enabled }]) => enabled).map(([reference]) => reference);
    const { claims } = written.config;
    if (claims && claims.length > edition.claims.maxClaims) {
      leftOut.add(['claims'], `edition ${edition.name} maps at most ${edition.claims.maxClaims} claims.`);
    } else if (claims && !this.#hasHolder()) {
      const holder = edition.claims.heldBy === 'api' ? 'open API' : 'enabled application';
      leftOut.add(['claims'], `edition ${edition.name} has claims on each ${holder}, and the file has none.`);
    }
  }

  tenant(): JsonObject {
    const { lifetimeSeconds, tokenFormat, cookie } = this.#written.config.tenant ?? {};
    const edition = this.#edition;
    const hasFormat = edition.tokenFormats.length > 1;
    const lifetime = this.#checked(['tenant', 'lifetime'], lifetimeSeconds, checkSessionLifetime);
    if (tokenFormat !== undefined && !hasFormat) {
      this.#leftOut.add(
        ['tenant', 'format'],
        `edition ${edition.name} has no setting for it; the format is always jwe.`,
      );
    }
    if (cookie !== undefined && !edition.hasCookie) {
      this.#leftOut.add(['tenant', 'cookie'], `edition ${edition.name} has no cookie setting.`);
    }
    const change = {
      ...(lifetime !== undefined && { lifetimeSeconds: lifetime }),
      ...(tokenFormat !== undefined && hasFormat && { tokenFormat }),
      ...(cookie !== undefined && edition.hasCookie && { cookie }),
    };
    return edition.tenant.write(change, {});
  }

  app({ enabled, oidcConformant, origins }: ConfigApp): JsonObject {
    const edition = this.#edition;
    return {
      ...(oidcConformant !== undefined && { oidc_conformant: oidcConformant }),
      ...(enabled !== undefined && edition.client.write({ enabled }, {})),
      ...(origins && { web_origins: origins }),
      ...(enabled && edition.claims.heldBy === 'application' && this.#claims()),
    };
  }

  api(audience: string, api: ConfigApi): JsonObject {
    const edition = this.#edition;
    const path = ['apis', audience, 'token-lifetime'];
    const lifetime = this.#checked(path, api.tokenLifetimeSeconds, checkGuestTokenLifetime);
    const scopes = edition.grantsScopes ? undefined : this.#sharedScopes(audience, api);
    const change = {
      ...(api.open !== undefined && { enabled: api.open }),
      ...(scopes && { scopes }),
      ...(lifetime !== undefined && { tokenLifetimeSeconds: lifetime }),
    };
    return {
      ...edition.resourceServer.write(change, {}),
      ...(api.open && edition.claims.heldBy === 'api' && this.#claims()),
    };
  }

  grants(audience: string, api: ConfigApi): GuestGrantObject[] {
    const path = ['apis', audience, 'scopes'];
    if (api.scopes && this.#enabled.length === 0) {
      this.#leftOut.add(path, 'the file enables no application, whose guests would get them.');
    }
    return [...this.#lists(api)].map(([app, scopes]) => ({
      ...{ app, audience, scopes: sorted(scopes) },
      path: api.apps?.has(app) ? ['apis', audience, 'apps', app] : path,
    }));
  }

  /** By application. */
  #lists({ scopes, apps }: ConfigApi): Map<string, readonly string[]> {
    const shared = scopes ? this.#enabled.map((app): [string, readonly string[]] => [app, scopes]) : [];
    return new Map([...shared, ...(apps ?? [])]);
  }

  #sharedScopes(audience: string, api: ConfigApi): readonly string[] | undefined {
    const lists = this.#lists(api);
    const [first = api.scopes] = lists.values();
    if (!first) return undefined;
    const covers = api.scopes !== undefined || this.#enabled.every((app) => lists.has(app));
    if (covers && [...lists.values()].every((list) => same(sorted(list), sorted(first)))) return sorted(first);
    const reason = `edition ${this.#edition.name} gives the guests of every application the same scopes.`;
    this.#leftOut.add(['apis', audience, 'apps'], reason);
    return undefined;
  }

  #claims(): JsonObject {
    const { claims } = this.#written.config;
    if (!claims || claims.length > this.#edition.claims.maxClaims) return {};
    return this.#edition.claims.write(claims, {});
  }

  #hasHolder(): boolean {
    if (this.#edition.claims.heldBy === 'application') return this.#enabled.length > 0;
    return [...this.#written.config.apis.values()].some(({ open }) => open);
  }

  #checked<Value extends number>(
    path: DocumentPath,
    value: Value | undefined,
    check: (edition: Edition, value: Value) => void,
  ): Value | undefined {
    if (value === undefined) return undefined;
    try {
      check(this.#edition, value);
      return value;
    } catch (error) {
      if (!isAnonError(error)) throw error;
      this.#leftOut.add(path, `edition ${this.#edition.name} does not allow it. ${error.message}`);
      return undefined;
    }
  }
}
