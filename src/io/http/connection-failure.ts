import { UnreachableError } from '../../errors.ts';
import { codeOf } from '../files/files.ts';
import { maxResponseSize } from './exchange.ts';
import type { Limits } from './http.ts';
import { ProxyError } from './proxy.ts';

/** An exchange that came to nothing. */
export interface Failed {
  readonly url: URL;
  readonly limits: Limits;
  /** The request had begun to go out. */
  readonly sent: boolean;
  /** It took longer than an exchange may. */
  readonly overdue: boolean;
}

const notATenant = 'Is the domain that of an Auth0 tenant? See anon-cli profile list.';

/** Why no answer came, in words, with what to do about it. */
export function unreachable({ url, limits, sent, overdue }: Failed, cause: unknown): UnreachableError {
  const proxy = proxyErrorIn(cause);
  if (proxy) return proxyFailure(proxy, url, limits);
  if (overdue) {
    const message = `The tenant ${url.host} did not answer within ${limits.totalMs / 1000} seconds.`;
    return new UnreachableError(message, { sent, broken: false }, { hint: 'This may pass: try again later.', cause });
  }
  const code = causeCode(cause);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    const message = `The answer of the tenant ${url.host} is longer than ${maxResponseSize / 2 ** 20} MB, and was not read to its end.`;
    return new UnreachableError(message, { sent, broken: false }, { hint: notATenant, cause });
  }
  const { reason, hint, broken = false } = explain(code, limits);
  const message = `The tenant ${url.host} ${sent ? 'did not answer' : 'cannot be reached'}: ${reason}.`;
  const usual = sent ? 'This may pass: try again.' : 'Check the network, and how the domain is spelt.';
  const here = code === 'ECONNREFUSED' && meansLocalTenant(url) ? startHere(url) : undefined;
  const other = otherScheme(url, code, sent);
  return new UnreachableError(message, { sent, broken }, { hint: here ?? other ?? hint ?? usual, cause });
}

/** What speaks plain HTTP answers a handshake with text, or hangs up; what speaks TLS answers a request with an alert. */
function otherScheme({ protocol, host, hostname }: URL, code: string, sent: boolean): string | undefined {
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  if (protocol === 'https:' && !sent) {
    // An alert is a word of TLS.
    const isText = isTlsFailure(code) && !code.includes('ALERT');
    if (isHere && (isText || explanations[code] === closed)) {
      return `If it speaks plain HTTP, as anon-cli local start does, use the domain http://${host}`;
    }
    const port = new URL(`http:${host}`).port || '<port>';
    return isText
      ? `If it speaks plain HTTP: that is for this machine only, as http://localhost:${port}. A tenant elsewhere speaks HTTPS: check the domain, and its port if it has one.`
      : undefined;
  }
  const isOther = protocol === 'http:' && code.startsWith('HPE_') && !explanations[code];
  return isOther ? `If it speaks HTTPS, leave http:// out: ${host}` : undefined;
}

function isTlsFailure(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}

/** Plain HTTP goes to this machine only, and the issuer of the local tenant is `https://localhost:PORT/`. */
function meansLocalTenant({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' || hostname === 'localhost';
}

function startHere({ protocol, port }: URL): string {
  return `Is it running? anon-cli local start --port ${port || (protocol === 'https:' ? 443 : 80)}`;
}

/** Nothing was sent to the tenant: there was no way to it yet. */
function proxyFailure(error: ProxyError, { host, hostname }: URL, limits: Limits): UnreachableError {
  const { status, cause } = error;
  const message = status
    ? `The proxy ${error.host} gives no way to ${host}: it answered ${status}.`
    : `The proxy ${error.host} cannot be used: ${explain(causeCode(cause), limits).reason}.`;
  const hint =
    status === 407
      ? 'It asks who you are: HTTPS_PROXY=http://<user>:<password>@<host>:<port>'
      : `Check HTTPS_PROXY, or go past the proxy: NO_PROXY=${hostname}`;
  return new UnreachableError(message, { sent: false, broken: false }, { hint, cause: error });
}

interface Explanation {
  readonly reason: string;
  readonly hint?: string;
  /** A connection that was there ended. */
  readonly broken?: true;
}

function explain(code: string, { connectMs }: Limits): Explanation {
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return { reason: `no connection came about within ${connectMs / 1000} seconds` };
  const known = explanations[code];
  if (known) return known;
  if (isTlsFailure(code)) return { reason: 'it does not speak TLS as it should' };
  if (code.startsWith('HPE_')) return { reason: 'it does not speak HTTP' };
  return { reason: code ? `the connection failed (${code})` : 'the connection failed' };
}

const closed: Explanation = { reason: 'the connection was closed', broken: true };

const untrusted: Explanation = {
  reason: 'its certificate is not trusted here',
  hint: 'If it comes from an authority of your own, name its certificates: --ca-file <file>',
};

const explanations: Record<string, Explanation> = {
  ENOTFOUND: { reason: 'no such host' },
  EAI_AGAIN: { reason: 'its name cannot be looked up; there may be no network' },
  ECONNREFUSED: { reason: 'it refuses connections' },
  ECONNRESET: closed,
  ECONNABORTED: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  HPE_INVALID_EOF_STATE: { reason: 'the connection was closed in the middle of the answer', broken: true },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    reason: 'the connection was closed in the middle of the answer',
    broken: true,
  },
  ENETUNREACH: { reason: 'there is no network' },
  EHOSTUNREACH: { reason: 'there is no way to the host' },
  ETIMEDOUT: { reason: 'nothing comes back from it' },
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
    reason: 'its certificate is for another name',
    hint: 'Is the domain right? anon-cli profile list',
  },
};

function proxyErrorIn(error: unknown): ProxyError | undefined {
  if (error instanceof ProxyError) return error;
  return error instanceof Error && error.cause ? proxyErrorIn(error.cause) : undefined;
}

/**
 * The innermost code: fetch wraps the socket's error, and a host with several addresses wraps each. One that refused says
 * more than one that this machine cannot reach.
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
