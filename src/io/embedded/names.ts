import * as v from 'valibot';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { KeyUse } from '../../wire/tenant-keys.ts';
import { userArray } from '../../wire/user.ts';
import { shownObjects } from './guest-objects.ts';
import { localhostAt, localPort } from './localhost.ts';
import { readState } from './reading.ts';
import type { StateAddress } from './state-address.ts';

/**
 * The applications, APIs, Actions, faults and edition of the local tenant, read from its state; undefined where there is no tenant.
 * @throws as {@link readState}
 */
export async function localNames(state: StateAddress) {
  const saved = await readState(state, async () => (await import('../../local/state/read-state.ts')).readLocalNames);
  return (
    saved && {
      ...shownObjects(saved),
      faults: saved.faults.map(({ name, route }) => ({ name: `${name}`, route: `${route}` })),
      actions: saved.actions.map(({ id, name, trigger }) => ({ id: `${id}`, name: `${name}`, trigger: `${trigger}` })),
    }
  );
}

/** The users of the local tenant, as {@link localNames}. */
export async function localUsers(state: StateAddress) {
  const saved = await readState(state, async () => (await import('../../local/state/read-state.ts')).readLocalUsers);
  return saved && v.parse(userArray, saved);
}

/** The keys of the local tenant from before a rotation, as {@link localNames}. */
export async function localPreviousKeys(state: StateAddress): Promise<readonly { kid: string; use: KeyUse }[]> {
  const load = async () => (await import('../../local/state/read-state.ts')).readPreviousKeys;
  return (await readState(state, load)) ?? [];
}

/**
 * Where clients reach the local tenant by HTTPS: at the port of its issuer, or where another process serves its memory.
 * Undefined where nothing on this machine shows it. @throws as {@link readState}
 */
export async function localAddress(state: StateAddress): Promise<string | undefined> {
  if ('served' in state) {
    const { url } = await (await import('./served-state.ts')).whereServed(state);
    return url.startsWith('https:') ? url : undefined;
  }
  if (!('file' in state)) return undefined;
  const issuer = await readState(state, async () => (await import('../../local/state/read-state.ts')).readLocalIssuer);
  const port = issuer === undefined ? undefined : localPort(issuer);
  return port === undefined ? undefined : `https://${localhostAt(port)}`;
}

/**
 * The edition of the local tenant, or of a new one; undefined where its state can't be read. A database is not asked: this is
 * for commands that read only this machine.
 */
export async function localEdition(
  findState: () => Promise<StateAddress>,
  asked: EditionName = 'preview',
): Promise<EditionName | undefined> {
  try {
    const state = await findState();
    if (!('file' in state)) return undefined;
    const load = async () => (await import('../../local/state/read-state.ts')).readLocalEdition;
    return (await readState(state, load)) ?? asked;
  } catch {
    return undefined;
  }
}
