import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { SessionTokenFormat } from '../../wire/edition/edition.ts';
import type { DocumentPath } from '../document/node.ts';
import type { Place } from '../document/problem.ts';
import type { Policy } from './policy.ts';

/** Gate 1. A lifetime of 0 seconds means that sessions never expire. */
export interface ConfigTenant {
  readonly lifetimeSeconds?: number;
  readonly tokenFormat?: SessionTokenFormat;
  readonly cookie?: boolean;
}

/** Gate 2, and the origins whose pages may call the guest endpoints. */
export interface ConfigApp {
  readonly enabled?: boolean;
  readonly oidcConformant?: boolean;
  /** The whole list. */
  readonly origins?: readonly string[];
}

/** Gates 3 and 4. */
export interface ConfigApi {
  readonly open?: boolean;
  readonly tokenLifetimeSeconds?: number;
  /** The scopes of the guests of every application that the configuration enables; the whole list. */
  readonly scopes?: readonly string[];
  /** By name or client id: the whole list for the guests of one application, in place of `scopes`. */
  readonly apps?: ReadonlyMap<string, readonly string[]>;
}

/** What a tenant should be. A member that is missing is not managed: nothing reads or changes it. */
export interface Config {
  readonly tenant?: ConfigTenant;
  /** By name or client id. */
  readonly apps: ReadonlyMap<string, ConfigApp>;
  /** By audience. */
  readonly apis: ReadonlyMap<string, ConfigApi>;
  /** The claims of every enabled application or open API here, whichever the edition maps claims on; the whole list. */
  readonly claims?: readonly ClaimMapping[];
  readonly policies: readonly Policy[];
}

/** A configuration that a user wrote. */
export interface WrittenConfig {
  readonly config: Config;
  /** What messages call it: its file, or the last of several. */
  readonly name: string;
  /**
   * Where a key or value is, by its path in the file: `['apis', audience, 'token-lifetime']`,
   * `['apis', audience, 'apps', app, 0]`. For a path that does not exist, where its nearest parent is.
   */
  placeOf(path: DocumentPath, part?: 'key' | 'value'): Place;
}
