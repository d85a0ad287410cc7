import { parseDuration } from '../../../domain/duration.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { loopback } from '../../../domain/profile/address.ts';
import type { Expectations } from '../../../domain/token/claim-checks.ts';
import { checkForm } from '../../../domain/token/form-checks.ts';
import { type KeySource, keySourceOf, publicKeys } from '../../../domain/token/key-source.ts';
import { servedKeys } from '../../../domain/token/served-keys.ts';
import { AnonError, isAnonError, withHint } from '../../../errors.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import { scopeList } from '../../options/parse.ts';
import { accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';
import type { TokenToVerify } from './token-arguments.ts';
import type { TokenVerifyOptions } from './verify.ts';

/** Clocks that differ by more are wrong, and a token that expired longer ago is expired. */
const maxToleranceSeconds = 600;

/** The expectations given as options. @throws {AnonError} `usage` */
export function checkOptions(options: TokenVerifyOptions): Expectations {
  const { api, audience, jwks, scopes: list, guest, clockTolerance } = options;
  if (api !== undefined && audience !== undefined) {
    throw new AnonError('usage', "--api and --audience can't be combined: both name the API.");
  }
  if (api !== undefined && jwks !== undefined) {
    throw new AnonError(
      'usage',
      "--api and --jwks can't be combined: --api is looked up at the tenant, which --jwks does not use.",
      {
        hint: 'Pass the audience instead: --audience <audience>',
      },
    );
  }
  const clockToleranceSeconds = clockTolerance === undefined ? 0 : parseDuration(clockTolerance, '30s or 2m');
  if (clockToleranceSeconds > maxToleranceSeconds) {
    throw new AnonError('usage', "--clock-tolerance can't be longer than 10 minutes.", {
      hint: 'Example: --clock-tolerance 30s',
    });
  }
  const scopes = scopeList(list ?? '');
  // An empty variable in a script: something was meant to be checked.
  if (list !== undefined && scopes.length === 0) {
    throw new AnonError('usage', '--scopes is empty.', { hint: 'Example: --scopes read:catalog,write:cart' });
  }
  return { scopes, guest, clockToleranceSeconds };
}

/** The trusted keys, and the issuer and audience that a token signed with them must have. */
export interface Trust {
  readonly keys: KeySource;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** The keys are the embedded tenant's alone: a token of another issuer is one of its own from before the issuer changed. */
  readonly isEmbedded: boolean;
  /** The tenant whose clock decides about times; undefined with given keys. */
  readonly tenant: TenantConnection | undefined;
}

/** Used when there is no token: no keys are fetched. */
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
  // The embedded tenant needs no network, so its keys are not saved and --offline changes nothing.
  const remote = profile.domain !== undefined;
  const keys = servedKeys(tenant, {
    path: jwksPath,
    origin: tenant.issuer,
    only: 'RS256',
    cache: remote ? await context.keyCache() : undefined,
    offline: remote && offline,
  });
  const named = given.audience === undefined ? requestedAppAndApi(context, options).api : options.api;
  // Not a token: no need to look up the API.
  const needsLookup = named !== undefined && audience === undefined && checkForm(given.token).token !== undefined;
  return {
    keys,
    issuer: issuer ?? tenant.issuer,
    tenant,
    audience:
      audience ??
      (needsLookup ? await audienceOf(tenant, named, remote && offline) : (given.audience ?? profile.api?.audience)),
    isEmbedded: !remote && issuer === undefined,
  };
}

/** Without credentials or network, the name is taken as an audience. */
async function audienceOf(tenant: TenantConnection, reference: string, offline: boolean | undefined): Promise<string> {
  if (!tenant.management || offline) return reference;
  const { findApi } = await import('../../../domain/api/find.ts');
  return (await findApi(tenant, reference)).audience;
}

async function jwksFile({ readBytes }: Context, path: string): Promise<KeySource> {
  const { keyRingOf } = await import('../../../domain/token/key-file.ts');
  const found = await keyRingOf(await readBytes(path), path).signatureKeys({ kid: undefined, issuer: undefined });
  const keys = publicKeys(
    found.map(({ jwk }) => jwk),
    path,
  );
  if (keys.length > 0) return keySourceOf(keys, path);
  throw new AnonError('usage', `${path} has no public key for signatures.`, {
    hint: "Pass the issuer's JWK Set, a JWK or PEM. A shared secret can't be used.",
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
  return { ...keys, find: (kid) => keys.find(kid).catch(explainAddress) };
}

/** Errors speak of the tenant, but any server may be at the address. */
function explainAddress(error: unknown): never {
  if (!isAnonError(error) || (error.code !== 'response_invalid' && error.code !== 'failed')) throw error;
  throw withHint(error, 'Does the address serve a JWK Set? A file works too: --jwks <file>');
}

/** @throws {AnonError} `usage` */
function jwksAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  if (url && safe && !url.username && !url.password) return url;
  throw new AnonError(
    'usage',
    '--jwks needs a file, or an https address (or http on this machine) without a user name.',
    {
      hint: 'Example: --jwks https://issuer.example/.well-known/jwks.json',
    },
  );
}
