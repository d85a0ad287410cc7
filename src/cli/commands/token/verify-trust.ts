import { parseDuration } from '../../../domain/duration.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { loopback } from '../../../domain/profile/address.ts';
import { checkForm } from '../../../domain/token/access-token-form.ts';
import type { Expectations } from '../../../domain/token/claim-checks.ts';
import { keySourceOf, publicKeys } from '../../../domain/token/public-keys.ts';
import { servedKeys } from '../../../domain/token/served-keys.ts';
import type { KeySource } from '../../../domain/token/verify.ts';
import { AnonError, isAnonError, withHint } from '../../../errors.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import { scopeList } from '../../options/scopes.ts';
import { accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';
import type { TokenVerifyOptions } from './verify.ts';
import type { TokenToVerify } from './verify-input.ts';

/** Clocks that differ by more are wrong, and a token that ended so long ago has ended. */
const mostToleranceSeconds = 600;

/** What of the expectations stands on the command line. @throws {AnonError} `usage` */
export function checkOptions(options: TokenVerifyOptions): Expectations {
  const { api, audience, jwks, scope, guest, clockTolerance } = options;
  if (api !== undefined && audience !== undefined) {
    throw new AnonError('usage', '--api and --audience say the same thing twice.', { hint: 'Give one of them.' });
  }
  if (api !== undefined && jwks !== undefined) {
    throw new AnonError('usage', "--api names one of the tenant's APIs, and with --jwks there is no tenant.", {
      hint: 'Give its audience: --audience <audience>',
    });
  }
  const clockToleranceSeconds = clockTolerance === undefined ? 0 : parseDuration(clockTolerance, 'such as 30s or 2m');
  if (clockToleranceSeconds > mostToleranceSeconds) {
    throw new AnonError('usage', '--clock-tolerance is 10 minutes at most.', { hint: 'Such as --clock-tolerance 30s' });
  }
  const scopes = scopeList(scope ?? '');
  // Of a script's empty variable: it means to have something checked.
  if (scope !== undefined && scopes.length === 0) {
    throw new AnonError('usage', '--scope names no scope.', { hint: 'Such as --scope read:catalog,write:cart' });
  }
  return { scopes, guest, clockToleranceSeconds };
}

/** Whose keys count, and what a token that they vouch for must name. */
export interface Trust {
  readonly keys: KeySource;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** They are the embedded tenant's keys, with which nobody else signs: a token of another issuer is an earlier one of its own. */
  readonly isEmbedded: boolean;
  /** Whose tokens are judged by its clock; undefined where the keys are given. */
  readonly tenant: TenantConnection | undefined;
}

/** Where there is no token to check, no keys are looked for. */
export const noTrust: Trust = {
  keys: { algorithms: [], origin: '', find: async () => [] },
  issuer: undefined,
  audience: undefined,
  isEmbedded: false,
  tenant: undefined,
};

export async function trustFor(context: Context, options: TokenVerifyOptions, given: TokenToVerify): Promise<Trust> {
  const { jwks, issuer, audience, offline } = options;
  if (jwks !== undefined) {
    const keys = /^[a-z][a-z0-9+.-]+:\/\//i.test(jwks) ? jwksUrl(context, options, jwks) : jwksFile(context, jwks);
    return { keys: await keys, issuer, audience: audience ?? given.audience, isEmbedded: false, tenant: undefined };
  }
  const { tenant, profile } = await accessTenant(context, options);
  // The embedded tenant is asked without a network, so there is nothing to keep and nothing to go without.
  const remote = profile.domain !== undefined;
  const keys = servedKeys(tenant, {
    path: jwksPath,
    origin: tenant.issuer,
    only: 'RS256',
    cache: remote ? await context.keyCache() : undefined,
    offline: remote && offline,
  });
  const named = given.audience === undefined ? requestedAppAndApi(context, options).api : options.api;
  // What is no token costs no look-up.
  const lookedUp = named !== undefined && audience === undefined && checkForm(given.token).token !== undefined;
  return {
    keys,
    issuer: issuer ?? tenant.issuer,
    tenant,
    audience:
      audience ??
      (lookedUp ? await audienceOf(tenant, named, remote && offline) : (given.audience ?? profile.api?.audience)),
    isEmbedded: !remote && issuer === undefined,
  };
}

/** Without credentials, or without a network, a reference is an audience. */
async function audienceOf(tenant: TenantConnection, reference: string, offline: boolean | undefined): Promise<string> {
  if (!tenant.management || offline) return reference;
  const { findApi } = await import('../../../domain/api/find.ts');
  return (await findApi(tenant, reference)).audience;
}

async function jwksFile({ readBytes }: Context, path: string): Promise<KeySource> {
  const { keyRingOf } = await import('../../../domain/token/key-text.ts');
  const found = await keyRingOf(await readBytes(path), path).signatureKeys({ kid: undefined, issuer: undefined });
  const keys = publicKeys(
    found.map(({ jwk }) => jwk),
    path,
  );
  if (keys.length > 0) return keySourceOf(keys, path);
  throw new AnonError('usage', `${path} holds no public key for signatures.`, {
    hint: "A shared secret is none. Give the issuer's JWK Set, a JWK or PEM.",
  });
}

async function jwksUrl(context: Context, options: TokenVerifyOptions, text: string): Promise<KeySource> {
  const url = jwksAddress(text);
  const domain = url.protocol === 'http:' ? url.origin : url.host;
  const connection = await context.connect(
    { name: url.host, domain, adHoc: true },
    { selection: '', edition: undefined, transport: transportOf(options, context.env) },
  );
  const keys = servedKeys(connection, {
    path: `${url.pathname}${url.search}`,
    origin: url.host,
    cache: await context.keyCache(),
    offline: options.offline,
  });
  return { ...keys, find: (kid) => keys.find(kid).catch(notThere) };
}

/** What is at the address need not be a tenant of the profiles. */
function notThere(error: unknown): never {
  if (!isAnonError(error) || (error.code !== 'response_invalid' && error.code !== 'failed')) throw error;
  throw withHint(error, 'Does the address give a JWK Set? A file of one will do: --jwks <file>');
}

/** @throws {AnonError} `usage` */
function jwksAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  if (url && safe && !url.username && !url.password) return url;
  throw new AnonError(
    'usage',
    '--jwks takes an https address, or http on this machine, without a user name; or a file.',
    {
      hint: 'Such as --jwks https://issuer.example/.well-known/jwks.json',
    },
  );
}
