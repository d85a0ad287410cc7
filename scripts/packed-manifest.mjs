// package.json as it is in the packed tarball: without what only a clone needs. npm warns about a `prepare` in a tarball.
//
//   node scripts/packed-manifest.mjs strip     before npm packs; the whole file goes beside it
//   node scripts/packed-manifest.mjs restore   after that, or when packing was interrupted
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
