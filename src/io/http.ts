import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch, Response as HttpResponse } from 'undici';
import type { Fetch } from '../domain/ports.ts';
import { AnonError, interrupted } from '../errors.ts';
import { codeOf } from './files.ts';

type Env = Readonly<Record<string, string | undefined>>;

const connectTimeoutMs = 10_000;
const answerTimeoutMs = 30_000;

/**
 * HTTP to the tenant at `baseUrl`. Redirects are not followed: a token must not travel to where it was not
 * sent. Proxies are those of HTTPS_PROXY and NO_PROXY; what is plain http is on this machine, and goes there.
 */
export function httpFetch(baseUrl: string, env: Env, signal: AbortSignal): Fetch {
  const dispatcher = dispatcherFor(baseUrl, env);
  return async (url, request) => {
    try {
      const response = await fetch(url, {
        ...request,
        body: request.body ?? null,
        redirect: 'manual',
        signal,
        dispatcher,
      });
      // Read here, so that a connection that breaks in the middle of an answer is this room's error too.
      const body = await response.arrayBuffer();
      const { status, headers } = response;
      return new HttpResponse(hasBody(status) ? body : null, { status, headers }) as unknown as Response;
    } catch (error) {
      throw signal.aborted ? interrupted() : unreachable(new URL(url), error);
    }
  };
}

function dispatcherFor(baseUrl: string, env: Env): Dispatcher {
  const timeouts = {
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  };
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY;
  if (!httpsProxy || baseUrl.startsWith('http:')) return new Agent(timeouts);
  try {
    return new EnvHttpProxyAgent({ ...timeouts, httpsProxy, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' });
  } catch (cause) {
    throw new AnonError('usage', 'HTTPS_PROXY is not the address of a proxy.', {
      hint: 'Such as HTTPS_PROXY=http://proxy.example:8080',
      cause,
    });
  }
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}

function unreachable({ host, port, protocol }: URL, error: unknown): AnonError {
  const code = causeCode(error);
  const [reason, hint] = reasons[code] ?? [
    code ? `the connection failed (${code})` : 'the connection failed',
    undefined,
  ];
  const plain =
    protocol === 'http:' && code === 'ECONNREFUSED'
      ? `Is it running? anon-cli local start --port ${port || 80}`
      : undefined;
  return new AnonError('tenant_unreachable', `The tenant ${host} cannot be reached: ${reason}.`, {
    hint: plain ?? hint ?? 'Check the network, and the domain: anon-cli profile list',
    cause: error,
  });
}

const certificate = [
  'its certificate is not trusted here',
  'For a certificate authority of your own, set NODE_EXTRA_CA_CERTS to its file.',
] as const;

const reasons: Record<string, readonly [reason: string, hint: string | undefined]> = {
  ENOTFOUND: ['no such host', undefined],
  EAI_AGAIN: ['its name cannot be looked up; there may be no network', undefined],
  ECONNREFUSED: ['it refuses connections', undefined],
  ECONNRESET: ['the connection was closed', undefined],
  UND_ERR_SOCKET: ['the connection was closed', undefined],
  ENETUNREACH: ['there is no network', undefined],
  EHOSTUNREACH: ['there is no way to the host', undefined],
  ETIMEDOUT: ['it does not answer', undefined],
  UND_ERR_CONNECT_TIMEOUT: ['it does not answer', undefined],
  UND_ERR_HEADERS_TIMEOUT: ['it takes too long to answer', undefined],
  UND_ERR_BODY_TIMEOUT: ['its answer takes too long', undefined],
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
  SELF_SIGNED_CERT_IN_CHAIN: certificate,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate,
  CERT_HAS_EXPIRED: ['its certificate has expired', undefined],
  ERR_TLS_CERT_ALTNAME_INVALID: ['its certificate is for another name', undefined],
};

/** The innermost code: fetch wraps the socket's error, and a host with several addresses wraps each. */
function causeCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return causeCode(error.errors[0]);
  const inner = error instanceof Error && error.cause ? causeCode(error.cause) : '';
  return inner || codeOf(error);
}
