import type { LocalTenant } from '../../local/open-tenant.ts';
import { certificateValidity } from '../certificates/server-certificate.ts';
import { writeFileSync } from '../files/atomic-write.ts';
import type { StartValues } from './local-server.ts';
import type { LocalPorts } from './ports.ts';
import { certificateId, readSavedStart, type SavedStart, savedStartPath, stateId } from './saved-start.ts';

type Certificates = LocalPorts['certificates'];

interface Found {
  readonly local: Pick<LocalTenant, 'ready' | 'issuer' | 'edition' | 'randomness'>;
  readonly key: string;
  /** In the state with this id. */
  readonly values: (state: string) => Promise<StartValues | undefined>;
}

/**
 * Saves what a server found, unless it is saved already. Where it cannot be written, as in a read-only home, the next start only takes
 * longer.
 * @throws the tenant's errors
 */
export async function saveStart(stateFile: string, certificates: Certificates, found: Found): Promise<void> {
  // Before anything is read: whatever changes meanwhile has another id then.
  const [state, files] = [stateId(stateFile), certificateIdIfAny(certificates)];
  if (state === undefined) return;
  const saved = readSavedStart(stateFile, { key: found.key, certificates: undefined });
  if (saved && saved.certificate?.files === files) return;
  const start = await startOf(found, state, certificateOf(certificates, files));
  try {
    writeFileSync(savedStartPath(stateFile), `${JSON.stringify(start)}\n`, { mode: 0o600 });
  } catch {}
}

async function startOf(
  { local, key, values }: Found,
  state: string,
  certificate: SavedStart['certificate'],
): Promise<SavedStart> {
  await local.ready();
  return {
    ...{ key, state, certificate },
    ...{ issuer: local.issuer, edition: await local.edition(), predictable: local.randomness.predictable },
    values: (await values(state)) ?? null,
  };
}

function certificateOf(certificates: Certificates, files: string | undefined): SavedStart['certificate'] {
  if (files === undefined) return null;
  try {
    const validity = certificateValidity(certificates);
    return validity ? { files, ...validity } : null;
  } catch {
    // The next start reports it.
    return null;
  }
}

/** Undefined without certificates, as with plain HTTP alone. */
function certificateIdIfAny(certificates: Certificates): string | undefined {
  try {
    return certificateId(certificates);
  } catch {
    return undefined;
  }
}
