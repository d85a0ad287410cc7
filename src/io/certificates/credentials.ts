import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** A certificate with its private key, as TLS takes them: in PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

/** Credentials whose parts belong together. */
export interface ReadCredentials extends Credentials {
  readonly x509: X509Certificate;
  readonly privateKey: KeyObject;
}

/** The name of each authority that anon-cli makes begins with this; the rest tells them apart in a browser's list. */
export const authorityName = 'Local tenant CA';

/** The organization in each certificate that anon-cli makes. */
export const organization = 'anon-cli';

const block = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/** The credentials in one file: a private key and its certificate. Undefined for anything else. */
export function credentialsIn(text: string): ReadCredentials | undefined {
  const blocks = [...text.matchAll(block)];
  const [key, ...otherKeys] = blocks.filter(([, label]) => label?.endsWith('PRIVATE KEY')).map(([pem]) => pem);
  const [certificate] = blocks.filter(([, label]) => label === 'CERTIFICATE').map(([pem]) => pem);
  if (key === undefined || certificate === undefined || otherKeys.length > 0) return undefined;
  try {
    const x509 = new X509Certificate(certificate);
    const privateKey = createPrivateKey(key);
    if (!x509.checkPrivateKey(privateKey)) return undefined;
    return { certificate: `${certificate}\n`, key: `${key}\n`, x509, privateKey };
  } catch {
    return undefined;
  }
}

/** The content of a file with these credentials. */
export function textOf({ certificate, key }: Credentials): string {
  return key + certificate;
}

export function startOf({ validFrom }: X509Certificate): number {
  return Date.parse(validFrom);
}

export function endOf({ validTo }: X509Certificate): number {
  return Date.parse(validTo);
}

/** Whether a client that connects to this host name or IP address accepts the certificate for it. */
export function isFor(x509: X509Certificate, name: string): boolean {
  // Node's isIP compiles an expression for which a server that starts would wait longer than for its certificates.
  const isAddress = name.includes(':') || /^[\d.]+$/.test(name);
  return isAddress ? x509.checkIP(name) !== undefined : x509.checkHost(name) !== undefined;
}

/** The host names and IP addresses in a certificate, in their shortest form. */
export function namesIn({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName.split(', ').flatMap((entry) => {
    const [, kind, value = ''] = /^(DNS|IP Address):(.+)$/.exec(entry) ?? [];
    if (kind === undefined) return [];
    return kind === 'DNS' || !value.includes(':') ? [value] : [new URL(`http://[${value}]`).hostname.slice(1, -1)];
  });
}
