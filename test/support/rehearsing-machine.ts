import type { EditionName } from '../../src/wire/edition/edition.ts';
import { type Machine, openMachine } from './command.ts';

export const jane = 'jane@example.com';
export const rehearsal = ['transfer', 'rehearse', '--user', jane];

/** A machine with a saved guest, who has tea in the cart, and a user of the local tenant. */
export async function machineWithGuest(edition: EditionName): Promise<Machine> {
  const machine = await openMachine({ edition });
  await machine.done('token', 'create', '--meta', 'cart=tea');
  await machine.done('local', 'user', 'add', jane);
  return machine;
}
