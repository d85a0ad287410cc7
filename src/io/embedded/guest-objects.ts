import * as v from 'valibot';
import type { GuestObjects } from '../../local/state/guest-objects.ts';
import { client } from '../../wire/client.ts';
import { resourceServer } from '../../wire/resource-server.ts';

/** The applications and APIs of a state as the Management API shows them: a saved document may lack members with defaults. */
export function shownObjects({ edition, clients, resourceServers }: GuestObjects) {
  return {
    edition,
    clients: v.parse(v.array(client), clients),
    resourceServers: v.parse(v.array(resourceServer), resourceServers),
  };
}
