import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch as undiciFetch } from 'undici';
import { onTestFinished } from 'vitest';
import { type CertificatePorts, localAuthority } from '../../src/io/certificates/authority.ts';
import { serverCertificate } from '../../src/io/certificates/server-certificate.ts';
import type { ControlAccess } from '../../src/local/control/access.ts';
import { listen } from '../../src/local/http/listen.ts';
import type { TlsCertificate } from '../../src/local/http/tls.ts';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import { movableClock, openTenant, type TestTenant } from './local.ts';

export interface HttpsTenant extends TestTenant {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** As SDKs take it: `localhost:PORT`. */
  readonly domain: string;
  readonly ca: { readonly path: string; readonly certificate: string };
  /** fetch that trusts the tenant's certificate authority. */
  readonly fetch: typeof fetch;
}

interface Members {
  readonly control?: ControlAccess;
  readonly settings?: JsonObject;
  readonly app?: JsonObject;
}

let folder: string | undefined;

/** Every tenant of a test process has the same certificate authority, so that a browser has to trust only one. */
function ports(): CertificatePorts {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'anon-tls-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return {
    folder: join(folder, 'tls'),
    now: () => Date.now(),
    warn(message) {
      throw new Error(message);
    },
    exclusively: (work) => work(),
  };
}

/** The certificate authority of all tenants that {@link httpsTenant} serves. */
export async function testAuthority(): Promise<HttpsTenant['ca']> {
  const { path, certificate } = await localAuthority(ports());
  return { path, certificate };
}

/** A certificate for localhost from {@link testAuthority}. */
export function testCertificate(): Promise<TlsCertificate> {
  return serverCertificate(ports(), []);
}

/**
 * A tenant whose guests may have `read:catalog` and `write:cart`, served over HTTPS until the test ends. Its clock begins at
 * the present time, because SDKs compare with the machine's.
 */
export async function httpsTenant(edition: EditionName, members: Members = {}): Promise<HttpsTenant> {
  const { path, certificate } = await testAuthority();
  const served = await testCertificate();
  let handle: TestTenant['handle'] = async () => new Response(null, { status: 500 });
  const listening = await listen((...asked) => handle(...asked), 0, { certificate: async () => served });
  onTestFinished(() => listening.close());
  const domain = `localhost:${listening.port}`;
  const tenant = await openTenant({ ...members, edition, domain, clock: movableClock(Date.now()) });
  handle = tenant.handle;
  const dispatcher = new Agent({ connect: { ca: certificate } });
  onTestFinished(() => dispatcher.close());
  const trusting = ((url: string, init?: object) => undiciFetch(url, { ...init, dispatcher })) as typeof fetch;
  return { ...tenant, url: listening.url, domain, ca: { path, certificate }, fetch: trusting };
}
