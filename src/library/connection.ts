import type { Clock } from '../domain/clock.ts';
import type { TenantConnection } from '../domain/exchange/connection.ts';
import type { Fetch } from '../domain/exchange/http.ts';
import { tenantTime } from '../domain/exchange/tenant-time.ts';
import { addressOf, parseTenantDomain } from '../domain/profile/address.ts';
import { AnonError, interrupted, UnreachableError } from '../errors.ts';
import { loopback } from '../wire/url.ts';
import type { TenantOptions } from './tenant-options.ts';

/** From the start of an exchange to the last byte of the answer. */
const exchangeMs = 30_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * A tenant without Management API credentials.
 * @throws {AnonError} `usage` for an invalid domain
 */
export function tenantAt({ domain, fetch, maxWaitSeconds = 60, signal }: TenantOptions): TenantConnection {
  // A program without types may pass an environment variable that is not set.
  if (typeof domain !== 'string') throw new AnonError('usage', "domain is missing: pass the tenant's domain.");
  const address = addressOf(parseTenantDomain(domain));
  const clock = { ...systemClock, wait: (ms: number) => interruptible(ms, signal) };
  return {
    ...address,
    profile: new URL(address.issuer).host,
    selection: '',
    fetch: overFetch(fetch ?? globalThis.fetch, signal),
    clock,
    time: tenantTime(clock),
    warn() {},
    retry: { maxWaitMs: 1000 * maxWaitSeconds, wait: ({ ms }) => clock.wait(ms), random: () => Math.random() },
    management: undefined,
    edition: undefined,
    saveEdition: async () => {},
    sessionKeys: undefined,
  };
}

function overFetch(fetch: typeof globalThis.fetch, signal: AbortSignal | undefined): Fetch {
  return async (url, { method, headers, body }) => {
    const limit = AbortSignal.timeout(exchangeMs);
    try {
      const response = await fetch(url, {
        method,
        headers,
        body: body ?? null,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      // Read here, so that a connection that breaks in the middle of an answer is reported as such.
      const text = await response.text();
      return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
    } catch (cause) {
      if (signal?.aborted) throw interrupted();
      const { host } = new URL(url);
      const code = codeIn(cause);
      const reason = limit.aborted ? `no answer within ${exchangeMs / 1000} seconds` : code;
      // Nothing is sent before the handshake is done. An alert is part of TLS.
      const speaksNoTls = /^(ERR_SSL_|EPROTO)/.test(code) && !code.includes('ALERT');
      throw new UnreachableError(
        `${host} cannot be reached${reason && `: ${reason}`}.`,
        { sent: !speaksNoTls, broken: false },
        { cause, hint: speaksNoTls ? plainHttp(url) : undefined },
      );
    }
  };
}

function plainHttp(url: string): string {
  const { host, hostname } = new URL(url);
  return loopback.test(hostname)
    ? `For plain HTTP, which anon-cli local start speaks, pass the domain as http://${host}`
    : 'Plain HTTP works only for this machine, as http://localhost. A tenant elsewhere needs HTTPS.';
}

/** The innermost code, because fetch wraps the socket's error. */
function codeIn(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return codeIn(error.cause) || ('code' in error ? String(error.code) : '');
}

function interruptible(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(interrupted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}
