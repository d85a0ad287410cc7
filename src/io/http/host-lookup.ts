import { execFile } from 'node:child_process';
import { networkInterfaces } from 'node:os';

/** Where a host name leads: to this machine, to others, or nowhere. Unknown when the system does not answer in time. */
export type HostPlace = 'here' | 'elsewhere' | 'nowhere' | 'unknown';

/** Looks up a name as every program on this machine does, the hosts file included. */
const program = `
  require('node:dns').lookup(process.argv[1], { all: true }, (error, found = []) => {
    process.stdout.write(JSON.stringify(found.map(({ address }) => address)));
  });`;

const limitMs = 5000;

/**
 * Where the system's resolver leads for a host. A lookup cannot be stopped, and a process does not end before it: so it happens in
 * a process of its own, which is.
 */
export function placeOf(host: string, signal: AbortSignal): Promise<HostPlace> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', program, '--', host], { timeout: limitMs, signal }, (error, stdout) => {
      if (error) return resolve('unknown');
      const addresses: string[] = JSON.parse(stdout);
      if (addresses.length === 0) return resolve('nowhere');
      const ours = addressesOfMachine();
      resolve(addresses.every((address) => ours.has(address) || address.startsWith('127.')) ? 'here' : 'elsewhere');
    });
  });
}

function addressesOfMachine(): Set<string> {
  const interfaces = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return new Set([...interfaces.map(({ address }) => address), '::1']);
}
