import * as v from 'valibot';
import { clientTypes } from '../../wire/client.ts';
import { editionNames } from '../../wire/edition/edition.ts';
import { api as configApi, app as configApp, configSchema, described } from '../config/schema.ts';
import { nameKey, scopes } from '../config/values.ts';
import { closedObject } from '../document/schema-parts.ts';
import * as values from './values.ts';

const optional = <const S extends v.GenericSchema>(schema: S, text: string) => v.optional(described(schema, text));

const clock = v.pipe(
  closedObject({
    'frozen-at': optional(values.instant, 'The clock stands still at this time: 2027-01-01T00:00Z'),
    offset: optional(values.span, "The clock is ahead of this machine's, or behind it: +31d, -2h"),
  }),
  v.check(
    (clock) => (clock['frozen-at'] === undefined) !== (clock.offset === undefined),
    'A clock has either frozen-at or offset.',
  ),
  v.metadata({ json: { oneOf: [{ required: ['frozen-at'] }, { required: ['offset'] }] } }),
);

const keys = v.pipe(
  closedObject({
    seed: optional(values.seedNumber, 'All keys follow from this number, for tests alone: anyone can predict them.'),
    signing: optional(values.signingKey, 'The private RSA key that signs tokens, as a JWK.'),
    session: optional(values.sessionKey, 'The key that encrypts session tokens: 32 bytes in base64url.'),
  }),
  v.check(
    ({ seed, signing, session }) => seed === undefined || (signing === undefined && session === undefined),
    'With a seed, no key is given.',
  ),
);

const app = closedObject({
  ...configApp.entries,
  'client-id': optional(values.clientId, 'Its client id (default: random, or from --seed-random).'),
  'client-secret': optional(
    values.secretText,
    'Its client secret (default: random). For tests: the file shows it to everyone.',
  ),
  type: optional(v.picklist(clientTypes), 'Of a new application (default: spa; with a client-secret, regular_web).'),
  callbacks: optional(values.callbacks, 'The whole list of URLs that a login may lead to.'),
  'logout-urls': optional(values.logoutUrls, 'The whole list of URLs that a logout may lead to.'),
});

const api = closedObject({
  ...configApi.entries,
  name: optional(nameKey, 'Its name (default: its audience).'),
  'defined-scopes': optional(scopes, 'All scopes that it has (default: those it had, and those of guests).'),
});

const user = closedObject({
  password: optional(values.secretText, 'Their password (default: a new one, printed once).'),
  name: optional(nameKey, 'Their name (default: the e-mail address).'),
  id: optional(values.userId, 'What follows auth0| in their id (default: random, or from --seed-random).'),
  'email-verified': optional(v.boolean(), 'Whether the e-mail address is verified.'),
  'user-metadata': optional(values.plainMap, 'The whole metadata that the user may change.'),
  'app-metadata': optional(values.plainMap, 'The whole metadata that only the application changes.'),
});

const action = closedObject({
  file: described(v.pipe(v.string(), v.nonEmpty('The path is empty.')), 'A JavaScript file, relative to this one.'),
  name: optional(nameKey, 'Its name (default: that of the file, without its extension).'),
  secrets: optional(v.record(values.secretName, values.secretText), 'The values of event.secrets, by name.'),
});

const guest = closedObject({
  app: optional(
    nameKey,
    'The application, by name or client id (default: the first enabled one here, or the only one).',
  ),
  api: optional(nameKey, 'The API, by audience (default: the first open one here, or the only one).'),
  id: optional(values.guestId, 'What follows anon| or anon@ in the guest id (default: random, or from --seed-random).'),
  scopes: optional(scopes, 'The scopes of the access token (default: all that guests may have).'),
  metadata: optional(values.sessionMetadata, 'The metadata of the session, at most 1024 bytes as JSON.'),
  age: optional(values.age, 'How long ago the session began: 3d. One that would have ended is expired.'),
});

const { $schema, tenant, claims } = configSchema.entries;

/** A world as it is written, before it becomes a `TenantWorld`. */
export const worldSchema = closedObject({
  $schema,
  edition: optional(v.picklist(editionNames), 'The edition of a new tenant; another tenant must have it already.'),
  clock: optional(clock, "The tenant's clock."),
  keys: optional(keys, "The tenant's keys."),
  tenant,
  apps: optional(v.record(nameKey, app), 'Applications, by name or client id.'),
  apis: optional(v.record(nameKey, api), 'APIs, by audience.'),
  claims,
  users: optional(v.record(values.email, user), 'Users who can log in, by e-mail address.'),
  actions: optional(
    closedObject({
      'pre-user-registration': optional(v.array(action), 'Run when a user signs up, in this order.'),
      'post-login': optional(v.array(action), 'Run in each login, in this order.'),
    }),
    'Actions, by trigger.',
  ),
  guests: optional(v.record(values.guestName, guest), 'Guests, by the name of their saved session.'),
});

export type WrittenWorldShape = v.InferOutput<typeof worldSchema>;
