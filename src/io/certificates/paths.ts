import { join } from 'node:path';

/** The folder of the certificates. */
interface Folder {
  readonly folder: string;
}

/** The file with the authority's certificate, for those who are to trust it. */
export function authorityPath({ folder }: Folder): string {
  return join(folder, 'ca.pem');
}

/** The file with the authority's key and certificate. */
export function authorityKeyPath({ folder }: Folder): string {
  return join(folder, 'ca-key.pem');
}

/** The file with the server's key and certificate. */
export function serverPath({ folder }: Folder): string {
  return join(folder, 'server.pem');
}
