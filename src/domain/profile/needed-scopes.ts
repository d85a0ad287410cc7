import type { EditionName } from '../../wire/edition/edition.ts';

/** What commands need of the Management API. @see wire contract, section 6 */
interface Need {
  readonly command: string;
  readonly scopes: readonly string[];
  /** Only there. */
  readonly edition?: EditionName;
}

const needs: readonly Need[] = [
  { command: 'tenant show', scopes: ['read:tenant_settings'] },
  { command: 'tenant set-lifetime', scopes: ['read:tenant_settings', 'update:tenant_settings'] },
  { command: 'tenant set-format', scopes: ['read:tenant_settings', 'update:tenant_settings'] },
  { command: 'app list', scopes: ['read:clients'] },
  { command: 'app show', scopes: ['read:clients'] },
  { command: 'app create', scopes: ['create:clients'] },
  { command: 'app enable', scopes: ['read:clients', 'update:clients'] },
  { command: 'app disable', scopes: ['read:clients', 'update:clients'] },
  { command: 'api list', scopes: ['read:resource_servers'] },
  { command: 'api show', scopes: ['read:resource_servers'] },
  { command: 'api create', scopes: ['create:resource_servers'] },
  { command: 'api enable', scopes: ['read:resource_servers', 'update:resource_servers'] },
  { command: 'api disable', scopes: ['read:resource_servers', 'update:resource_servers'] },
  {
    command: 'api enable',
    scopes: ['read:client_grants', 'create:client_grants', 'update:client_grants'],
    edition: 'ea',
  },
  {
    command: 'api disable',
    scopes: ['read:client_grants', 'update:client_grants', 'delete:client_grants'],
    edition: 'ea',
  },
];

export interface MissingScope {
  readonly scope: string;
  /** What needs it, such as `app list`. */
  readonly commands: readonly string[];
}

/** The scopes that commands need and `granted` does not have. A tenant whose edition is not known may need all. */
export function missingScopes(granted: readonly string[], edition: EditionName | undefined): MissingScope[] {
  const asked = needs.filter((need) => !need.edition || !edition || need.edition === edition);
  const scopes = [...new Set(asked.flatMap((need) => need.scopes))].filter((scope) => !granted.includes(scope));
  return scopes.map((scope) => ({ scope, commands: commandsThatNeed(scope, edition) }));
}

/** The commands that need a scope. */
export function commandsThatNeed(scope: string, edition?: EditionName): string[] {
  const asked = needs.filter((need) => !need.edition || !edition || need.edition === edition);
  return [...new Set(asked.filter(({ scopes }) => scopes.includes(scope)).map(({ command }) => command))];
}
