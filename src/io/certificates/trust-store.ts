import type { X509Certificate } from 'node:crypto';
import { join, win32 } from 'node:path';
import { AnonError } from '../../errors.ts';
import { exists, privateFolder } from '../files/files.ts';

/** What this machine gives to change whom its user trusts. */
export interface TrustWorld {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  /** The folder of Windows. */
  readonly systemRoot: string;
  /** Runs a program without a shell; undefined where there is no such program. */
  readonly run: (program: string, args: readonly string[]) => Promise<ProgramResult | undefined>;
}

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The certificate to trust. */
export interface Trusted {
  readonly path: string;
  readonly x509: X509Certificate;
}

/** The user's own list of trusted authorities, which one command without more rights changes. */
export interface TrustStore {
  /** As in a sentence: `the certificates that Chrome and Chromium trust`. */
  readonly name: string;
  /** The words of the command that adds the certificate. */
  readonly command: readonly string[];
  readonly platform: NodeJS.Platform;
  /** @throws {AnonError} `failed` where the program is missing or fails */
  has(): Promise<boolean>;
  add(): Promise<void>;
  remove(): Promise<void>;
}

/** The user's list on this system. */
export function trustStore(world: TrustWorld, trusted: Trusted): TrustStore {
  if (world.platform === 'darwin') return keychain(world, trusted);
  return world.platform === 'win32' ? windowsStore(world, trusted) : nssDatabase(world, trusted);
}

/** Chrome's and Chromium's on Linux. */
function nssDatabase(world: TrustWorld, { path, x509 }: Trusted): TrustStore {
  const folder = join(world.home, '.pki', 'nssdb');
  const database = ['-d', `sql:${folder}`];
  const name = commonName(x509);
  const program = 'certutil';
  const missing = 'Install it first. On Debian and Ubuntu: sudo apt install libnss3-tools';
  const change = (args: readonly string[]) => done(world, program, [...database, ...args], missing);
  const add = ['-A', '-t', 'C,,', '-n', name, '-i', path];
  return {
    name: 'the certificates that Chrome and Chromium trust',
    platform: world.platform,
    command: [program, ...database, ...add],
    async has() {
      if (!exists(join(folder, 'cert9.db'))) return false;
      const shown = await ran(world, program, [...database, '-L', '-n', name, '-a'], missing);
      return shown.code === 0 && shown.stdout.replaceAll(/\s/g, '').includes(x509.toString().replaceAll(/\s/g, ''));
    },
    async add() {
      privateFolder(folder);
      if (!exists(join(folder, 'cert9.db'))) await change(['-N', '--empty-password']);
      await change(add);
    },
    remove: () => change(['-D', '-n', name]),
  };
}

function keychain(world: TrustWorld, { path, x509 }: Trusted): TrustStore {
  const program = '/usr/bin/security';
  const file = join(world.home, 'Library', 'Keychains', 'login.keychain-db');
  const hash = hexOf(x509.fingerprint);
  const add = ['add-trusted-cert', '-r', 'trustRoot', '-k', file, path];
  return {
    name: 'your login keychain',
    platform: world.platform,
    command: ['security', ...add],
    async has() {
      const { stdout } = await ran(world, program, ['find-certificate', '-a', '-Z', file]);
      return stdout.includes(hash);
    },
    add: () => done(world, program, add),
    async remove() {
      await done(world, program, ['remove-trusted-cert', path]);
      await done(world, program, ['delete-certificate', '-Z', hash, file]);
    },
  };
}

function windowsStore(world: TrustWorld, { path, x509 }: Trusted): TrustStore {
  // By its path: NSS has a program of the same name.
  const program = win32.join(world.systemRoot, 'System32', 'certutil.exe');
  const hash = hexOf(x509.fingerprint);
  const add = ['-user', '-addstore', 'Root', path];
  return {
    name: 'the root certificates of your Windows user',
    platform: world.platform,
    command: ['certutil', ...add],
    has: async () => (await ran(world, program, ['-user', '-store', 'Root', hash])).code === 0,
    add: () => done(world, program, add),
    remove: () => done(world, program, ['-user', '-delstore', 'Root', hash]),
  };
}

async function ran(
  { run }: TrustWorld,
  program: string,
  args: readonly string[],
  missing?: string,
): Promise<ProgramResult> {
  const result = await run(program, args);
  if (result) return result;
  throw new AnonError('failed', `The program ${program} is not installed.`, { hint: missing });
}

async function done(world: TrustWorld, program: string, args: readonly string[], missing?: string): Promise<void> {
  const { code, stdout, stderr } = await ran(world, program, args, missing);
  if (code === 0) return;
  const [reason] = (stderr || stdout).trim().split('\n');
  throw new AnonError('failed', `The program ${program} failed with ${code}${reason ? `: ${reason}` : '.'}`);
}

function commonName({ subject }: X509Certificate): string {
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? subject;
}

function hexOf(fingerprint: string): string {
  return fingerprint.replaceAll(':', '');
}
