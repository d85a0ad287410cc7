/// <reference lib="esnext.disposable" preserve="true" />
// What `import … from "anon-cli/local"` gives. Importing it has no side effects; docs/library.md has examples.
export { type AnonError, type ErrorCode, isAnonError } from '../errors.ts';
export type { GuestTokens } from './create-session.ts';
export type { ClockStart, TenantClock } from './local/clock.ts';
export type { FaultAim, FaultEffect, TenantFaults } from './local/faults.ts';
export type { TenantKey, TenantKeys } from './local/keys.ts';
export type { TokenToMint } from './local/mint.ts';
export type { LoggedAction, RecordedRequest, RequestFilter, RequestRecord } from './local/requests.ts';
export type { TenantSnapshot } from './local/snapshot.ts';
export { startLocalTenant } from './local/start.ts';
export type {
  ActionOptions,
  LocalTenant,
  LocalTenantOptions,
  LocalUser,
  NewGuest,
  NewLocalUser,
} from './local/tenant.ts';
export type {
  LocalGuest,
  LocalWorld,
  LocalWorldAction,
  LocalWorldApi,
  LocalWorldApp,
  LocalWorldGuest,
  LocalWorldUser,
} from './local/world.ts';
