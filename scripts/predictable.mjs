// What a tenant makes with a seed, so that machines and versions of Node.js can be compared: test/e2e/predictable.test.ts and
// scripts/node-versions.mjs compare it with test/fixtures/predictable.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'test', 'fixtures', 'predictable');

/** The file with what every machine makes. */
export const expectedPath = join(folder, 'expected.json');

const edition = 'ea';

/** Prints the JWKS and a guest's tokens of a tenant in a test. */
const libraryProgram = `
  const { startLocalTenant } = require(process.argv[1]);
  (async () => {
    const [, , seed, edition] = process.argv;
    const tenant = await startLocalTenant({ seed, edition, seedRandom: 42, listen: false });
    const jwks = await (await tenant.fetch('/.well-known/jwks.json')).text();
    console.log(JSON.stringify({ jwks, guests: tenant.guests, made: await tenant.createGuest() }));
    await tenant.stop();
  })();`;

/**
 * `command` runs anon-cli with arguments and returns its stdout; `program` does the same for Node.js itself.
 */
export async function predictable({ command, program }) {
  const world = join(folder, 'world.yaml');
  await command(['local', 'seed', world, '--reset', '--yes', '--edition', edition, '--seed-random', '42']);
  const guest = ['token', 'create', '--app', 'web', '--api', 'shop', '--no-save', '--json'];
  const made = JSON.parse(await command(guest));
  const library = join(root, 'dist', 'library-local.cjs');
  const exported = await command(['local', 'export', '--output', '-']);
  return {
    library: JSON.parse(await program(['-e', libraryProgram, library, world, edition])),
    apps: JSON.parse(await command(['app', 'list', '--json'])).map(({ name, client_id: id }) => ({ name, id })),
    saved: JSON.parse(await command(['session', 'export', '--all'])),
    made: { session_token: made.session_token, access_token: made.access_token },
    // The whole state: keys, secrets, ids, salts of passwords, times.
    state_sha256: createHash('sha256').update(exported).digest('hex'),
  };
}

/** What every machine makes. */
export function expected() {
  return JSON.parse(readFileSync(expectedPath, 'utf8'));
}
