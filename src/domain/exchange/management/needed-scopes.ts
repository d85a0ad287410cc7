import type { EditionName } from '../../../wire/edition/edition.ts';

/** The Management API scopes that commands need. @see wire contract, section 6 */
interface Need {
  readonly command: string;
  readonly scopes: readonly string[];
  /** Only needed in this edition. */
  readonly edition?: EditionName;
}

const settings = ['read:tenant_settings', 'update:tenant_settings'];
const apps = ['read:clients', 'update:clients'];
const apis = ['read:resource_servers', 'update:resource_servers'];
const grants = ['read:client_grants', 'create:client_grants', 'update:client_grants'];

const needs: readonly Need[] = [
  { command: 'tenant show', scopes: ['read:tenant_settings'] },
  { command: 'tenant set-lifetime', scopes: settings },
  { command: 'tenant set-format', scopes: settings },
  { command: 'tenant set-cookie', scopes: settings, edition: 'ea' },
  { command: 'app list', scopes: ['read:clients'] },
  { command: 'app show', scopes: ['read:clients'] },
  { command: 'app create', scopes: ['create:clients', 'read:clients'] },
  { command: 'app enable', scopes: apps },
  { command: 'app disable', scopes: apps },
  { command: 'app origins list', scopes: ['read:clients'] },
  { command: 'app origins add', scopes: apps },
  { command: 'app origins remove', scopes: apps },
  { command: 'app callbacks list', scopes: ['read:clients'] },
  { command: 'app callbacks add', scopes: apps },
  { command: 'app callbacks remove', scopes: apps },
  { command: 'app logout-urls list', scopes: ['read:clients'] },
  { command: 'app logout-urls add', scopes: apps },
  { command: 'app logout-urls remove', scopes: apps },
  { command: 'app delete', scopes: ['read:clients', 'delete:clients'] },
  { command: 'api list', scopes: ['read:resource_servers'] },
  { command: 'api show', scopes: ['read:resource_servers'] },
  { command: 'api create', scopes: ['create:resource_servers', 'read:resource_servers'] },
  { command: 'api enable', scopes: apis },
  { command: 'api disable', scopes: apis },
  { command: 'api delete', scopes: ['read:resource_servers', 'delete:resource_servers'] },
  { command: 'api scopes add', scopes: apis, edition: 'preview' },
  { command: 'api scopes remove', scopes: apis, edition: 'preview' },
  // Claims are mapped on the application in preview and on the API in ea.
  { command: 'claims list', scopes: ['read:clients'], edition: 'preview' },
  { command: 'claims set', scopes: apps, edition: 'preview' },
  { command: 'claims remove', scopes: apps, edition: 'preview' },
  { command: 'claims list', scopes: ['read:resource_servers'], edition: 'ea' },
  { command: 'claims set', scopes: apis, edition: 'ea' },
  { command: 'claims remove', scopes: apis, edition: 'ea' },
  // In ea, guests get their scopes from client grants.
  { command: 'api list', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'api show', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'app delete', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'api delete', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'api enable', scopes: ['read:clients', ...grants], edition: 'ea' },
  { command: 'api disable', scopes: ['read:client_grants', 'delete:client_grants'], edition: 'ea' },
  { command: 'api scopes add', scopes: ['read:clients', 'read:resource_servers', ...grants], edition: 'ea' },
  { command: 'api scopes remove', scopes: ['read:clients', 'read:resource_servers', ...grants], edition: 'ea' },
  { command: 'setup', scopes: [...settings, ...apps, ...apis] },
  { command: 'setup', scopes: grants, edition: 'ea' },
  { command: 'doctor', scopes: ['read:tenant_settings', 'read:clients', 'read:resource_servers'] },
  { command: 'doctor', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'config init', scopes: ['read:tenant_settings', 'read:clients', 'read:resource_servers'] },
  { command: 'config init', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'config export', scopes: ['read:tenant_settings', 'read:clients', 'read:resource_servers'] },
  { command: 'config export', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'config plan', scopes: ['read:tenant_settings', 'read:clients', 'read:resource_servers'] },
  { command: 'config plan', scopes: ['read:client_grants'], edition: 'ea' },
  { command: 'config apply', scopes: [...settings, ...apps, ...apis] },
  { command: 'config apply', scopes: [...grants, 'delete:client_grants'], edition: 'ea' },
];

export interface MissingScope {
  readonly scope: string;
  /** The commands that need it: `app list`. */
  readonly commands: readonly string[];
}

/** The needed scopes missing from `granted`. A tenant of unknown edition may need those of both. */
export function missingScopes(granted: readonly string[], edition: EditionName | undefined): MissingScope[] {
  const applicable = needs.filter((need) => !need.edition || !edition || need.edition === edition);
  const scopes = [...new Set(applicable.flatMap((need) => need.scopes))].filter((scope) => !granted.includes(scope));
  return scopes.map((scope) => ({ scope, commands: commandsThatNeed(scope, edition) }));
}

/** The commands that need a scope. */
export function commandsThatNeed(scope: string, edition?: EditionName): string[] {
  const applicable = needs.filter((need) => !need.edition || !edition || need.edition === edition);
  return [...new Set(applicable.filter(({ scopes }) => scopes.includes(scope)).map(({ command }) => command))];
}
