import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Debian's packages with a program each. */
const packages = { chromium: 'chromium', certutil: 'libnss3-tools' } as const;

/** The path of a program. Where it is missing, its package is installed. */
function installed(program: keyof typeof packages): string {
  const found = onPath(program);
  if (found !== undefined) return found;
  installPackage(packages[program]);
  const now = onPath(program);
  if (now === undefined) throw new Error(`the tests need ${program}: install it, and put it on PATH`);
  return now;
}

/** The path of Chromium's program. */
export function chromiumProgram(): string {
  return installed('chromium');
}

function onPath(program: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return paths.find((path) => existsSync(path));
}

/** Waits for other runs of apt-get. A user other than root needs sudo without a password. */
function installPackage(name: string): void {
  const asRoot = (words: string[]) => (process.getuid?.() === 0 ? words : ['sudo', '--non-interactive', ...words]);
  const run = (words: string[]) => {
    const [program = '', ...args] = asRoot(words);
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const aptGet = ['apt-get', '--option', 'DPkg::Lock::Timeout=300', '--quiet', '--quiet'];
  const install = [...aptGet, 'install', '--yes', '--no-install-recommends', name];
  try {
    run(install);
  } catch {
    run([...aptGet, 'update']);
    run(install);
  }
}

/**
 * Chromium for a user who trusts the certificate authority in the file `ca`. Takes half a minute where it has to be installed
 * first. The caller closes it.
 */
export async function openBrowser(ca: string): Promise<Browser> {
  const home = homeThatTrusts(ca);
  const browser = await chromium.launch(launchOptions(home));
  browser.once('disconnected', () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  return browser;
}

/** The same until the test ends, with its only profile, which takes cookies of other sites: profiles for tests usually do not. */
export async function openProfile(ca: string): Promise<BrowserContext> {
  const home = homeThatTrusts(ca);
  const folder = join(home, 'profile');
  mkdirSync(join(folder, 'Default'), { recursive: true });
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(folder, launchOptions(home));
  onTestFinished(async () => {
    await context.close();
    // Its helpers write until they have ended, too.
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  });
  return context;
}

function homeThatTrusts(ca: string): string {
  const home = mkdtempSync(join(tmpdir(), 'anon-browser-'));
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  const certutil = (...args: string[]) => execFileSync(installed('certutil'), ['-d', `sql:${database}`, ...args]);
  certutil('-N', '--empty-password');
  certutil('-A', '-t', 'C,,', '-n', 'local tenant', '-i', ca);
  return home;
}

function launchOptions(home: string) {
  return {
    executablePath: installed('chromium'),
    headless: true,
    // Chromium refuses to run as root with its sandbox; the pages are ours.
    chromiumSandbox: process.getuid?.() !== 0,
    env: { HOME: home, PATH: process.env.PATH ?? '' },
  };
}
