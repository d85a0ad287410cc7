// Writes package.json for the tarball, without the members that only a clone needs: npm warns about a packed `prepare`.
//
//   node scripts/packed-manifest.mjs strip     before npm packs; saves the original next to it
//   node scripts/packed-manifest.mjs restore   after packing, or when it was interrupted
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = join(root, 'package.json');
const whole = join(root, '.package.json.whole');

if (existsSync(whole)) renameSync(whole, manifest);
if (process.argv[2] === 'strip') {
  const text = readFileSync(manifest, 'utf8');
  const { scripts, devDependencies, allowScripts, ...packed } = JSON.parse(text);
  writeFileSync(whole, text);
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}
