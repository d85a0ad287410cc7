import { withinTime } from '../../io/clock.ts';
import type { StateAddress } from '../../io/embedded/state-address.ts';
import { localProfile } from '../tenant/local-profile.ts';
import type { Context } from '../world/context.ts';
import type { Candidate } from './expect.ts';

/** What completion looks up in the local tenant alone. */
export type LocalKind = 'user' | 'key' | 'snapshot';

/** The names of one kind, as far as they are known within `limitMs`. */
export async function localCandidates(context: Context, kind: LocalKind, limitMs: number): Promise<Candidate[]> {
  if (kind === 'snapshot') {
    return (await context.local()).snapshots.list().map(({ name }) => ({ text: name, about: '' }));
  }
  const state = await context.localState(await localProfile(context));
  let found: Candidate[] = [];
  const lookUp = async () => {
    found = await (kind === 'user' ? users(state) : previousKeys(state));
  };
  // A database may be far away.
  await ('file' in state ? lookUp() : withinTime(limitMs, lookUp));
  return found;
}

async function users(state: StateAddress): Promise<Candidate[]> {
  const { localUsers } = await import('../../io/embedded/names.ts');
  const saved = (await localUsers(state)) ?? [];
  return saved.map(({ user_id, email, name }) => ({ text: email ?? user_id, about: name ?? '' }));
}

/** Only these can be revoked. */
async function previousKeys(state: StateAddress): Promise<Candidate[]> {
  const { localPreviousKeys } = await import('../../io/embedded/names.ts');
  return (await localPreviousKeys(state)).map(({ kid, use }) => ({ text: kid, about: `${use} key` }));
}
