import { AnonError } from '../../errors.ts';
import { mostSimilar } from '../did-you-mean.ts';

/** The part of an address behind each of libpq's parameters. */
export const parameters = {
  host: 'host',
  port: 'port',
  user: 'user',
  password: 'password',
  dbname: 'database',
  sslmode: 'sslMode',
  sslrootcert: 'sslRootCert',
  sslcert: 'sslCert',
  sslkey: 'sslKey',
  connect_timeout: 'connectTimeoutSeconds',
} as const;

export type AddressPart = (typeof parameters)[keyof typeof parameters];

/** The error for an address, which never repeats it. */
export type Invalid = (reason: string, hint?: string) => AnonError;

/** `source` names where the address comes from: ` in --database`. */
export function invalidAddress(source: string): Invalid {
  return (reason, hint = 'Example: postgres://anon@db.example:5432/anon') =>
    new AnonError('usage', `Invalid database address${source}: ${reason}.`, { hint });
}

const scheme = /^postgres(?:ql)?:\/\//i;

/** `user:password@host:port/database?name=value`, after the scheme. */
const shape = /^(?:([^/?]*)@)?([^@/?]*)(?:\/([^@?]*))?(?:\?([^@]*))?$/;

/**
 * The decoded parts that an address gives. An empty part counts as missing.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function partsOf(text: string, invalid: Invalid): ReadonlyMap<AddressPart, string> {
  if (!scheme.test(text)) throw invalid('it must begin with postgres:// or postgresql://');
  const matched = shape.exec(text.replace(scheme, ''));
  if (!matched) throw invalid("write '@', '/' and '?' in a user name, password or file name as %40, %2F and %3F");
  const [, credentials = '', server = '', database = '', query = ''] = matched;
  if (database.includes('/')) throw invalid("write a '/' in the name of the database as %2F");
  const colon = credentials.includes(':') ? credentials.indexOf(':') : credentials.length;
  const parts = new Map<AddressPart, string>();
  const given: (readonly [AddressPart, string])[] = [
    ['user', credentials.slice(0, colon)],
    ['password', credentials.slice(colon + 1)],
    ...serverParts(server, invalid),
    ['database', database],
    ...queryParts(query, invalid),
  ];
  for (const [part, encoded] of given) {
    const value = decoded(encoded, invalid);
    if (value === '') continue;
    if (parts.has(part)) throw invalid(`it gives the ${nameOf(part)} twice`);
    parts.set(part, value);
  }
  return parts;
}

/** The part's name in an error. */
function nameOf(part: AddressPart): string {
  const parameter = Object.entries(parameters).find(([, other]) => other === part)?.[0] ?? part;
  return parameter === part ? part : part === 'database' ? 'database' : `parameter ${parameter}`;
}

function decoded(text: string, invalid: Invalid): string {
  try {
    const value = decodeURIComponent(text);
    if (!value.includes('\0')) return value;
  } catch {
    // Not UTF-8, or not two hexadecimal digits.
  }
  throw invalid("each '%' must begin a character's code, such as %40 for '@'; write '%' itself as %25");
}

function serverParts(server: string, invalid: Invalid): (readonly [AddressPart, string])[] {
  if (server.includes(',')) throw severalHosts(invalid);
  const matched = /^(?:\[([^\][]*:[^\][]*)\]|([^:\][]*))(?::([^:]*))?$/.exec(server);
  if (!matched) {
    throw invalid('its host is not valid', 'Write an IPv6 address in brackets: postgres://anon@[::1]:5432/anon');
  }
  const [, address, host = '', port = ''] = matched;
  return [
    ['host', address ?? host],
    ['port', port],
  ];
}

export function severalHosts(invalid: Invalid): AnonError {
  return invalid('several hosts are not supported', 'Give one host: the primary server, or a proxy in front of it.');
}

function queryParts(query: string, invalid: Invalid): (readonly [AddressPart, string])[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...values] = pair.split('=');
      const value = values.length > 0 ? values.join('=') : undefined;
      // libpq accepts this for the sake of addresses for JDBC.
      if (name === 'ssl' && value === 'true') return ['sslMode', 'require'] as const;
      const shown = /^\w{1,40}$/.test(name) ? ` '${name}'` : '';
      if (!isParameter(name)) throw unknownParameter(name, shown, invalid);
      if (value === undefined) throw invalid(`the parameter${shown} has no value`);
      return [parameters[name], value] as const;
    });
}

function isParameter(name: string): name is keyof typeof parameters {
  return Object.hasOwn(parameters, name);
}

function unknownParameter(name: string, shown: string, invalid: Invalid): AnonError {
  const known = Object.keys(parameters);
  const similar = mostSimilar(name, known);
  const hint = similar ? `Did you mean '${similar}'?` : `Leave it out. Supported: ${known.join(', ')}`;
  return invalid(`the parameter${shown} is not supported`, hint);
}
