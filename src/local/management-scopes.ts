/** The Management API scopes of the calls that the local tenant serves. @see wire contract, section 6 */
export const managementScopes = [
  'read:tenant_settings',
  'update:tenant_settings',
  'read:clients',
  'create:clients',
  'update:clients',
  'delete:clients',
  'read:client_keys',
  'update:client_keys',
  'read:resource_servers',
  'create:resource_servers',
  'update:resource_servers',
  'delete:resource_servers',
] as const;
