import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { SessionTokenFormat } from '../../wire/edition/edition.ts';

/** Where a value stands in the file that the user wrote, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface TenantConfig {
  /** 0: sessions never expire. */
  readonly lifetimeSeconds?: number;
  readonly tokenFormat?: SessionTokenFormat;
  readonly cookie?: boolean;
}

export interface AppConfig {
  readonly enabled?: boolean;
  readonly oidcConformant?: boolean;
  readonly origins?: readonly string[];
}

export interface ApiConfig {
  readonly open?: boolean;
  readonly tokenLifetimeSeconds?: number;
  /** For the guests of every application that the file enables. */
  readonly scopes?: readonly string[];
  /** The whole list for the guests of one application: its name or client id. */
  readonly apps?: ReadonlyMap<string, readonly string[]>;
}

/** What a configuration file says. A missing member is not managed. */
export interface Config {
  readonly tenant?: TenantConfig;
  /** By name or client id. */
  readonly apps: ReadonlyMap<string, AppConfig>;
  /** By audience. */
  readonly apis: ReadonlyMap<string, ApiConfig>;
  readonly claims?: readonly ClaimMapping[];
  /** Undefined for a configuration that was read from a tenant. */
  placeOf?(path: readonly (string | number)[]): Place | undefined;
}
