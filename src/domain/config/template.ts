/** The line by which editors find the JSON Schema: a path from the configuration's folder. */
export function schemaLine(path: string): string {
  return `# yaml-language-server: $schema=${path}`;
}

/** Where an installed anon-cli has the JSON Schema of a configuration, from the folder of package.json. */
export const installedSchema = 'node_modules/anon-cli/dist/anon.schema.json';

/** A new configuration that manages nothing yet; a `#` without a space is in front of an example. */
export function newConfig(schema: string): string {
  return `${schemaLine(schema)}

# What guests may do at a tenant. Only what is written here is managed; everything else stays as it is.
# Check it: anon-cli config validate

tenant: {}    # remove {} to use the examples below
#  lifetime: 30d    # of guest sessions: 45s, 90m, 12h, 30d, 1y or never
#  format: jwe      # of session tokens: jwe (encrypted) or jwt; edition ea has only jwe
#  cookie: false    # whether browsers also get the session as a cookie; only edition ea

# Applications that may create guest sessions, by name or client id.
#apps:
#  web:
#    enabled: true
#    oidc-conformant: true    # edition ea requires it
#    origins:                 # the whole list of pages that may call the guest endpoints
#      - http://localhost:3000

# APIs that accept guests, by audience.
#apis:
#  https://shop.example/api:
#    open: true
#    token-lifetime: 1d
#    scopes: [read:catalog]    # for the guests of every application that is enabled here
#    apps:                     # the whole list for the guests of one application instead
#      web: [read:catalog, write:cart]

# Claims in guests' access tokens: a name, and a path in the session.
#claims:
#  https://example.com/language: metadata.language

# What must hold, whatever the lines above say.
#policies:
#  - max-session-lifetime: 90d
#  - forbidden-scopes: ["write:*", "admin:*"]
#    apis: ["https://shop.example/*"]
#    severity: warning
#    message: Guests only read.
`;
}
