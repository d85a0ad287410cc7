import type { CommandDefinition } from '../commands/define-command.ts';

/** The nouns: their descriptions and examples in help. */
export const groups: Readonly<Record<string, { readonly description: string; readonly example: string }>> = {
  tenant: {
    description: 'gate 1: the session lifetime, the session token format and the cookie',
    example: 'tenant show',
  },
  app: { description: 'gate 2: applications that may create guest sessions', example: 'app list' },
  'app origins': {
    description: 'the origins whose pages may call the guest endpoints as an application',
    example: 'app origins add web http://localhost:3000',
  },
  'app callbacks': {
    description: 'where an application may receive users after a login',
    example: 'app callbacks add web http://localhost:3000/callback',
  },
  'app logout-urls': {
    description: 'where an application may send users after a logout',
    example: 'app logout-urls add web http://localhost:3000',
  },
  api: { description: 'gates 3 and 4: APIs that accept guests, and the scopes guests get', example: 'api list' },
  'api scopes': { description: 'the scopes that guests get at an API', example: 'api scopes add shop write:cart' },
  claims: { description: "claims in guests' access tokens, mapped from session values", example: 'claims list' },
  token: { description: 'guest sessions and their tokens: create, update, decode, verify', example: 'token create' },
  session: { description: 'the guest sessions saved on this machine, by name', example: 'session list' },
  profile: { description: 'the tenants you work with, with credentials and defaults', example: 'profile list' },
  local: {
    description: 'the local tenant: serve it, trust it, show it, move it, share it, reset it',
    example: 'local show',
  },
};

/** The command tree, one line per command; its code is loaded when it is used. */
export const commands: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  quickstart: async () => (await import('../commands/quickstart.ts')).quickstartCommand,
  setup: async () => (await import('../commands/setup/setup.ts')).setupCommand,
  doctor: async () => (await import('../commands/doctor/doctor.ts')).doctorCommand,
  'tenant show': async () => (await import('../commands/tenant/show.ts')).tenantShowCommand,
  'tenant set-lifetime': async () => (await import('../commands/tenant/set.ts')).tenantSetLifetimeCommand,
  'tenant set-format': async () => (await import('../commands/tenant/set.ts')).tenantSetFormatCommand,
  'tenant set-cookie': async () => (await import('../commands/tenant/set.ts')).tenantSetCookieCommand,
  'app list': async () => (await import('../commands/app/read.ts')).appListCommand,
  'app show': async () => (await import('../commands/app/read.ts')).appShowCommand,
  'app create': async () => (await import('../commands/app/lifecycle.ts')).appCreateCommand,
  'app enable': async () => (await import('../commands/app/access.ts')).appEnableCommand,
  'app disable': async () => (await import('../commands/app/access.ts')).appDisableCommand,
  'app origins list': async () => (await import('../commands/app/urls.ts')).appOriginsListCommand,
  'app origins add': async () => (await import('../commands/app/urls.ts')).appOriginsAddCommand,
  'app origins remove': async () => (await import('../commands/app/urls.ts')).appOriginsRemoveCommand,
  'app callbacks list': async () => (await import('../commands/app/urls.ts')).appCallbacksListCommand,
  'app callbacks add': async () => (await import('../commands/app/urls.ts')).appCallbacksAddCommand,
  'app callbacks remove': async () => (await import('../commands/app/urls.ts')).appCallbacksRemoveCommand,
  'app logout-urls list': async () => (await import('../commands/app/urls.ts')).appLogoutUrlsListCommand,
  'app logout-urls add': async () => (await import('../commands/app/urls.ts')).appLogoutUrlsAddCommand,
  'app logout-urls remove': async () => (await import('../commands/app/urls.ts')).appLogoutUrlsRemoveCommand,
  'app delete': async () => (await import('../commands/app/lifecycle.ts')).appDeleteCommand,
  'api list': async () => (await import('../commands/api/read.ts')).apiListCommand,
  'api show': async () => (await import('../commands/api/read.ts')).apiShowCommand,
  'api create': async () => (await import('../commands/api/lifecycle.ts')).apiCreateCommand,
  'api enable': async () => (await import('../commands/api/access.ts')).apiEnableCommand,
  'api disable': async () => (await import('../commands/api/access.ts')).apiDisableCommand,
  'api delete': async () => (await import('../commands/api/lifecycle.ts')).apiDeleteCommand,
  'api scopes add': async () => (await import('../commands/api/scopes.ts')).apiScopesAddCommand,
  'api scopes remove': async () => (await import('../commands/api/scopes.ts')).apiScopesRemoveCommand,
  'token create': async () => (await import('../commands/token/create.ts')).tokenCreateCommand,
  'token update': async () => (await import('../commands/token/update.ts')).tokenUpdateCommand,
  'token decode': async () => (await import('../commands/token/decode.ts')).tokenDecodeCommand,
  'token verify': async () => (await import('../commands/token/verify.ts')).tokenVerifyCommand,
  'token renew': async () => (await import('../commands/token/renew.ts')).tokenRenewCommand,
  'token get': async () => (await import('../commands/token/get.ts')).tokenGetCommand,
  'token logout': async () => (await import('../commands/token/logout.ts')).tokenLogoutCommand,
  'session list': async () => (await import('../commands/session/read.ts')).sessionListCommand,
  'session show': async () => (await import('../commands/session/read.ts')).sessionShowCommand,
  'session use': async () => (await import('../commands/session/use.ts')).sessionUseCommand,
  'session rename': async () => (await import('../commands/session/rename.ts')).sessionRenameCommand,
  'session forget': async () => (await import('../commands/session/forget.ts')).sessionForgetCommand,
  'session export': async () => (await import('../commands/session/export.ts')).sessionExportCommand,
  'session import': async () => (await import('../commands/session/export.ts')).sessionImportCommand,
  'claims list': async () => (await import('../commands/claims/list.ts')).claimsListCommand,
  'claims set': async () => (await import('../commands/claims/change.ts')).claimsSetCommand,
  'claims remove': async () => (await import('../commands/claims/change.ts')).claimsRemoveCommand,
  'token diff': async () => (await import('../commands/token/diff.ts')).tokenDiffCommand,
  'token transfer': async () => (await import('../commands/token/transfer.ts')).tokenTransferCommand,
  'token watch': async () => (await import('../commands/token/watch.ts')).tokenWatchCommand,
  login: async () => (await import('../commands/login/login.ts')).loginCommand,
  'profile list': async () => (await import('../commands/profile/read.ts')).profileListCommand,
  'profile show': async () => (await import('../commands/profile/read.ts')).profileShowCommand,
  'profile use': async () => (await import('../commands/profile/use.ts')).profileUseCommand,
  'profile set': async () => (await import('../commands/profile/set.ts')).profileSetCommand,
  'profile remove': async () => (await import('../commands/profile/remove.ts')).profileRemoveCommand,
  'local start': async () => (await import('../commands/local/start.ts')).localStartCommand,
  'local env': async () => (await import('../commands/local/env.ts')).localEnvCommand,
  'local ca': async () => (await import('../commands/local/ca.ts')).localCaCommand,
  'local trust': async () => (await import('../commands/local/trust.ts')).localTrustCommand,
  'local show': async () => (await import('../commands/local/show.ts')).localShowCommand,
  'local export': async () => (await import('../commands/local/export.ts')).localExportCommand,
  'local import': async () => (await import('../commands/local/import.ts')).localImportCommand,
  'local use-database': async () => (await import('../commands/local/use-database.ts')).localUseDatabaseCommand,
  'local reset': async () => (await import('../commands/local/reset.ts')).localResetCommand,
  status: async () => (await import('../commands/status.ts')).statusCommand,
  completion: async () => (await import('../commands/completion.ts')).completionCommand,
  version: async () => (await import('../commands/version.ts')).versionCommand,
};

/** The words that may follow `path`: nouns and commands at the root, verbs after a noun. */
export function wordsAfter(path: string): string[] {
  const prefix = path === '' ? '' : `${path} `;
  const next = Object.keys(commands).flatMap((name) =>
    name.startsWith(prefix) ? [name.slice(prefix.length).split(' ')[0] ?? ''] : [],
  );
  return [...new Set(next)];
}
