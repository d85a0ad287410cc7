import { UnreachableError } from '../../errors.ts';
import { codeOf } from '../files/files.ts';
import { maxResponseSize } from './exchange.ts';
import type { Limits } from './http.ts';
import { ProxyError } from './proxy.ts';

/** An exchange without a response. */
export interface Failed {
  readonly url: URL;
  readonly limits: Limits;
  /** Sending the request had begun. */
  readonly sent: boolean;
  /** The time limit of the exchange was exceeded. */
  readonly overdue: boolean;
}

const notATenant = 'Is this the domain of an Auth0 tenant? Run: anon-cli profile list';

/** Why there was no response, with a hint. */
export function unreachable({ url, limits, sent, overdue }: Failed, cause: unknown): UnreachableError {
  const proxy = proxyErrorIn(cause);
  if (proxy) return proxyFailure(proxy, url, limits);
  if (overdue) {
    const message = `The tenant ${url.host} did not answer within ${limits.totalMs / 1000} second${limits.totalMs === 1000 ? '' : 's'}.`;
    return new UnreachableError(
      message,
      { sent, broken: false },
      { hint: 'This may be temporary: try again later.', cause },
    );
  }
  const code = causeCode(cause);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    const message = `The response of the tenant ${url.host} is larger than ${maxResponseSize / 2 ** 20} MB, and was not read completely.`;
    return new UnreachableError(message, { sent, broken: false }, { hint: notATenant, cause });
  }
  const { reason, hint: usual, broken = false } = explain(code, limits);
  const hint = explanations[code] === untrusted && isHere(url) ? trustHere : usual;
  const message = `The tenant ${url.host} ${sent ? 'did not answer' : 'cannot be reached'}: ${reason}.`;
  const general = sent ? 'This may be temporary: try again.' : 'Check the network and the spelling of the domain.';
  const here = code === 'ECONNREFUSED' && meansLocalTenant(url) ? startHere(url) : undefined;
  const other = otherScheme(url, code, sent);
  return new UnreachableError(message, { sent, broken }, { hint: here ?? other ?? hint ?? general, cause });
}

/** A plain HTTP server answers a TLS handshake with text or closes; a TLS server answers plain HTTP with an alert. */
function otherScheme(url: URL, code: string, sent: boolean): string | undefined {
  const { protocol, host } = url;
  if (protocol === 'https:' && !sent) {
    // Only a TLS server sends alerts.
    const isText = isTlsFailure(code) && !code.includes('ALERT');
    if (isHere(url) && (isText || explanations[code] === closed)) {
      return `If it speaks plain HTTP, as anon-cli local start --http does, use the domain http://${host}`;
    }
    const port = new URL(`http:${host}`).port || '<port>';
    return isText
      ? `Plain HTTP works only on this machine, as http://localhost:${port}. Other tenants speak HTTPS: check the domain and its port.`
      : undefined;
  }
  const isOther = protocol === 'http:' && code.startsWith('HPE_') && !explanations[code];
  return isOther ? `If it speaks HTTPS, use the domain ${host}` : undefined;
}

function isHere({ hostname }: URL): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

function isTlsFailure(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}

/** Plain HTTP is for this machine only, and the local tenant's issuer is `https://localhost:PORT/`. */
function meansLocalTenant({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' || hostname === 'localhost';
}

function startHere({ protocol, port }: URL): string {
  return `Is it running? To start it: anon-cli local start --port ${port || (protocol === 'https:' ? 443 : 80)}`;
}

/** Nothing was sent to the tenant: the proxy made no connection to it. */
function proxyFailure(error: ProxyError, { host, hostname }: URL, limits: Limits): UnreachableError {
  const { status, cause } = error;
  const message = status
    ? `The proxy ${error.host} did not connect to ${host}: it answered with status ${status}.`
    : `The proxy ${error.host} cannot be used: ${explain(causeCode(cause), limits).reason}.`;
  const hint =
    status === 407
      ? 'Set its user name and password: HTTPS_PROXY=http://<user>:<password>@<host>:<port>'
      : `Check HTTPS_PROXY, or bypass the proxy: NO_PROXY=${hostname}`;
  return new UnreachableError(message, { sent: false, broken: false }, { hint, cause: error });
}

interface Explanation {
  readonly reason: string;
  readonly hint?: string;
  /** An established connection ended. */
  readonly broken?: true;
}

function explain(code: string, { connectMs }: Limits): Explanation {
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { reason: `no connection within ${connectMs / 1000} seconds` };
  return explainCode(code);
}

function explainCode(code: string): Explanation {
  const known = explanations[code];
  if (known) return known;
  if (isTlsFailure(code)) return { reason: 'a TLS error occurred' };
  if (code.startsWith('HPE_')) return { reason: 'it does not speak HTTP' };
  return { reason: code ? `the connection failed (${code})` : 'the connection failed' };
}

/** Why a connection to something else than a tenant failed, as the end of a sentence. */
export function connectionReason(error: unknown): string {
  return explainCode(causeCode(error)).reason;
}

const closed: Explanation = { reason: 'the connection was closed', broken: true };

const untrusted: Explanation = {
  reason: 'its certificate is not trusted',
  hint: 'If your own certificate authority issued it: --ca-file <file>',
};

const trustHere = 'If this is your local tenant: --ca-file "$(anon-cli local ca)"';

const explanations: Record<string, Explanation> = {
  ENOTFOUND: { reason: 'no such host' },
  EAI_AGAIN: { reason: 'DNS lookup failed; the network may be down' },
  ECONNREFUSED: { reason: 'connection refused' },
  ECONNRESET: closed,
  ECONNABORTED: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  HPE_INVALID_EOF_STATE: { reason: 'the connection was closed in the middle of the answer', broken: true },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    reason: 'the connection was closed in the middle of the answer',
    broken: true,
  },
  ENETUNREACH: { reason: 'the network is unreachable' },
  EHOSTUNREACH: { reason: 'no route to the host' },
  ETIMEDOUT: { reason: 'connection timed out' },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_HAS_EXPIRED: {
    reason: 'its certificate has expired',
    hint: "Is this machine's clock right? If so, the certificate must be renewed.",
  },
  CERT_NOT_YET_VALID: { reason: 'its certificate is not valid yet', hint: "Is this machine's clock right?" },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate is for another host name',
    hint: 'Is the domain right? Run: anon-cli profile list',
  },
};

function proxyErrorIn(error: unknown): ProxyError | undefined {
  if (error instanceof ProxyError) return error;
  return error instanceof Error && error.cause ? proxyErrorIn(error.cause) : undefined;
}

/**
 * The innermost code: undici wraps the socket's error, and a host with several addresses has an error for each. A refused
 * connection says more than an unreachable address.
 */
function causeCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    const codes = error.errors.map(causeCode);
    return codes.find((code) => code === 'ECONNREFUSED') ?? codes[0] ?? '';
  }
  if (error instanceof Error && error.name === 'TimeoutError') return 'UND_ERR_CONNECT_TIMEOUT';
  // undici 7 leaves the code of these undefined.
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return error.message.includes('EOF') ? 'HPE_INVALID_EOF_STATE' : 'HPE_UNKNOWN';
  }
  const inner = error instanceof Error && error.cause ? causeCode(error.cause) : '';
  return inner || codeOf(error);
}
