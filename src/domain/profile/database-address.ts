import { parseUrl } from '../../wire/url.ts';
import { mostSimilar } from '../did-you-mean.ts';
import {
  type AddressPart,
  type Invalid,
  invalidAddress,
  parameters,
  partsOf,
  severalHosts,
} from './database-address-parts.ts';

/** How a connection is encrypted, and what is checked of the server's certificate: libpq's words. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** A PostgreSQL database and how to connect to it. */
export interface PostgresAddress {
  /** A host name, an IP address, or the folder of a Unix socket, which begins with `/`. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string | undefined;
  readonly sslMode: SslMode;
  /** Files in PEM format. Without the first, Node's own certificates are trusted. */
  readonly sslRootCert?: string | undefined;
  readonly sslCert?: string | undefined;
  readonly sslKey?: string | undefined;
  readonly connectTimeoutSeconds?: number | undefined;
}

/** What an address is read with. */
export interface AddressContext {
  /** Where the address comes from, in errors: ` in --database`. */
  readonly source?: string | undefined;
  /** libpq's variables, for what the address leaves out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The user of this process, if the system knows a name. */
  readonly systemUser?: () => string | undefined;
}

const variables: Partial<Record<AddressPart, string>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  database: 'PGDATABASE',
  sslMode: 'PGSSLMODE',
  sslRootCert: 'PGSSLROOTCERT',
  sslCert: 'PGSSLCERT',
  sslKey: 'PGSSLKEY',
};

/** libpq's word for the certificates of the system instead of a file. */
const systemRoots = 'system';

/**
 * Reads an address as libpq does, except that the host is `localhost` by default. A password comes from the address only.
 * @throws {AnonError} `usage`; no error repeats the address, which may contain a password
 */
export function readDatabaseAddress(text: string, context: AddressContext = {}): PostgresAddress {
  const { source = '', env = {}, systemUser } = context;
  const given = partsOf(text, invalidAddress(source));
  const read = <Value>(part: AddressPart, check: (value: string, invalid: Invalid) => Value): Value | undefined => {
    const value = given.get(part);
    if (value !== undefined) return check(value, invalidAddress(source));
    const variable = variables[part] ?? '';
    const fallback = env[variable];
    return fallback ? check(fallback, invalidAddress(` with ${variable}`)) : undefined;
  };
  const user = read('user', asIs) ?? systemUser?.();
  if (user === undefined)
    throw invalidAddress(source)('it names no user', 'Add one: postgres://<user>@<host>/<database>');
  const sslRootCert = read('sslRootCert', asIs);
  const sslMode = read('sslMode', checkSslMode);
  if (sslRootCert === systemRoots && sslMode !== undefined && sslMode !== 'verify-full') {
    throw invalidAddress(source)('sslrootcert=system needs sslmode=verify-full');
  }
  return {
    host: read('host', checkHost) ?? 'localhost',
    port: read('port', checkPort) ?? defaultPort,
    user,
    database: read('database', asIs) ?? user,
    password: given.get('password'),
    sslMode: sslMode ?? (sslRootCert === systemRoots ? 'verify-full' : 'prefer'),
    sslRootCert: sslRootCert === systemRoots ? undefined : sslRootCert,
    sslCert: read('sslCert', asIs),
    sslKey: read('sslKey', asIs),
    connectTimeoutSeconds: read('connectTimeoutSeconds', checkTimeout),
  };
}

const defaultPort = 5432;

function asIs(value: string): string {
  return value;
}

function checkHost(host: string, invalid: Invalid): string {
  if (host.includes(',')) throw severalHosts(invalid);
  if (host.startsWith('/') || /^[\w.-]+$/.test(host) || isIpv6(host)) return host;
  throw invalid('its host is not valid', 'Give a host name, an IP address, or the folder of a Unix socket.');
}

/** A zone may follow, as in `fe80::1%eth0`. */
function isIpv6(host: string): boolean {
  return host.includes(':') && parseUrl(`http://[${host.replace(/%[\w.-]+$/, '')}]`) !== undefined;
}

function checkPort(text: string, invalid: Invalid): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw invalid('its port is not a number from 1 to 65535');
}

function checkSslMode(text: string, invalid: Invalid): SslMode {
  const mode = sslModes.find((known) => known === text);
  if (mode) return mode;
  const similar = mostSimilar(text, sslModes);
  const hint = similar ? `Did you mean '${similar}'?` : `Choose ${sslModes.join(', ')}.`;
  throw invalid(`unknown sslmode '${text.slice(0, 40)}'`, hint);
}

function checkTimeout(text: string, invalid: Invalid): number {
  const seconds = Number(text);
  if (/^\d{1,4}$/.test(text) && seconds >= 1 && seconds <= 3600) return seconds;
  throw invalid('connect_timeout is not a number of seconds from 1 to 3600');
}

/** The address without its password, for messages and profiles. Reading it again gives the same database. */
export function addressText(address: PostgresAddress): string {
  const { host, port, user, database } = address;
  const isSocket = host.startsWith('/');
  const server = isSocket ? '' : host.includes(':') ? `[${host.replace('%', '%25')}]` : host;
  const parts: Partial<Record<AddressPart, string | number | undefined>> = {
    ...(isSocket && { host }),
    ...(address.sslMode !== 'prefer' && { sslMode: address.sslMode }),
    sslRootCert: address.sslRootCert,
    sslCert: address.sslCert,
    sslKey: address.sslKey,
    connectTimeoutSeconds: address.connectTimeoutSeconds,
  };
  const query = Object.entries(parameters).flatMap(([name, part]) => {
    const value = parts[part];
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value).replaceAll('%2F', '/')}`];
  });
  const portText = port === defaultPort ? '' : `:${port}`;
  const queryText = query.length > 0 ? `?${query.join('&')}` : '';
  return `postgres://${encodeURIComponent(user)}@${server}${portText}/${encodeURIComponent(database)}${queryText}`;
}
