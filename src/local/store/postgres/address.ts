/** As libpq's `sslmode`. */
export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

export interface PostgresAddress {
  /** A host name, an IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string | undefined;
  readonly sslMode: SslMode;
  /**
   * The path of a file, or `system` for the certificate authorities that Node.js knows, which is the default of
   * `verify-full`.
   */
  readonly sslRootCert?: string | undefined;
  readonly sslCert?: string | undefined;
  readonly sslKey?: string | undefined;
  readonly connectTimeoutSeconds?: number | undefined;
}

export interface PostgresPorts {
  /** A clock in milliseconds that is never set back. */
  now(): number;
  /** Reports what the operator should know but nobody has to wait for. */
  warn(message: string): void;
}

/** How messages name the server. */
export function serverName({ host, port }: PostgresAddress): string {
  if (isSocket(host)) return `PostgreSQL at ${host}/.s.PGSQL.${port}`;
  return `PostgreSQL at ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function isSocket(host: string): boolean {
  return host.startsWith('/');
}
