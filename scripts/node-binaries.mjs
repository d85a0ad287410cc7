// Downloads other versions of Node.js, which the registry has as packages.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;

/** The full version numbers for `wanted`: `22` is the newest 22, `newest` the newest of all. */
export function versionsOf(wanted) {
  const published = npm('view', packageName, 'versions', '--json');
  return [...new Set(wanted.map((version) => newestOf(version, published)))];
}

function newestOf(wanted, published) {
  const matching = published.filter(
    (version) => [version, 'newest'].includes(wanted) || version.startsWith(`${wanted}.`),
  );
  const newest = matching
    .filter((version) => /^[\d.]+$/.test(version))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1);
  if (newest) return newest;
  throw new Error(`the registry has no Node.js ${wanted} for ${packageName}`);
}

/** Unpacks this version into `folder` and returns the path of its binary. */
export function nodeBinary(version, folder) {
  mkdirSync(folder, { recursive: true });
  npm('pack', `${packageName}@${version}`, '--pack-destination', folder, '--json');
  execFileSync('tar', ['-xzf', join(folder, `${packageName}-${version}.tgz`), '-C', folder]);
  return process.platform === 'win32'
    ? join(folder, 'package', 'bin', 'node.exe')
    : join(folder, 'package', 'bin', 'node');
}

function npm(...args) {
  const shell = process.platform === 'win32';
  return JSON.parse(execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], shell }));
}
