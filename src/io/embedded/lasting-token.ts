import type { MemoryState } from './state-address.ts';

/** A Management API token for the tenant in a state, which is valid whatever its clock shows. `now`: this machine's time. */
export async function lastingToken({ memory }: MemoryState, now: number): Promise<string> {
  return (await import('../../local/minting/lasting-token.ts')).lastingToken(memory, now);
}
