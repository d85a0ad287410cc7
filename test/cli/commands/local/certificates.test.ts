import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { credentialsIn } from '../../../../src/io/certificates/credentials.ts';
import { makeAuthority, makeServerCertificate } from '../../../../src/io/certificates/make.ts';
import type { ProgramResult } from '../../../../src/io/certificates/trust-store.ts';
import { freshMachine, type Machine } from '../../../support/command.ts';
import { modeOf } from '../../../support/folder.ts';
import { freePort } from '../../../support/free-port.ts';

/** Runs `local start` while `work` runs. */
async function serving(
  machine: Machine,
  args: readonly string[],
  work: (port: number) => Promise<unknown> = async () => {},
): Promise<{ stderr: string; json: Record<string, unknown> }> {
  const port = await freePort();
  const printed = machine.printed('}');
  const running = machine.run('local', 'start', '--port', String(port), '--json', ...args);
  const ended = await Promise.race([printed.then(() => undefined), running]);
  if (ended) throw new Error(`local start ended: ${ended.stderr}`);
  await work(port);
  machine.interrupt();
  const { json, stderr, code } = await running;
  expect(code).toBe(0);
  return { stderr, json };
}

const tlsOf = (machine: Machine, name: string) => join(machine.folder, 'data', 'tls', name);

describe('local ca', () => {
  it('prints the path of the authority, which it makes at first use', async () => {
    const machine = await freshMachine();
    const { stdout, stderr } = await machine.done('local', 'ca');
    const path = tlsOf(machine, 'ca.pem');
    expect([stdout, stderr]).toEqual([`${path}\n`, '']);
    const x509 = new X509Certificate(readFileSync(path));
    const { json } = await machine.done('local', 'ca', '--json');
    expect(json).toEqual({
      path,
      fingerprint: x509.fingerprint256,
      not_after: new Date(x509.validTo).toISOString(),
      names: [],
    });
    await serving(machine, ['--domain', 'tenant.test:4400', '--allow-host', 'other.test', '--host', '127.0.0.2']);
    expect((await machine.done('local', 'ca', '--json')).json).toEqual({
      ...json,
      names: ['localhost', '127.0.0.1', '::1', 'other.test', '127.0.0.2', 'tenant.test'],
    });
  });

  it('needs no state', async () => {
    const machine = await freshMachine({ seeded: false });
    await machine.done('local', 'ca');
    mkdirSync(machine.statePath);
    expect((await machine.done('local', 'ca')).stdout).toBe(`${tlsOf(machine, 'ca.pem')}\n`);
  });

  it('reports a folder that cannot be written', async () => {
    const machine = await freshMachine();
    writeFileSync(join(machine.folder, 'data', 'tls'), '');
    const { code, stderr } = await machine.run('local', 'ca');
    expect([code, stderr]).toEqual([
      1,
      `error: ${tlsOf(machine, 'ca-key.pem')} cannot be read: part of its path is not a folder.\n`,
    ]);
  });
});

/** A machine whose programs are recorded, and answer with `reply`. */
async function recordingMachine(
  platform: NodeJS.Platform,
  reply: (program: string, args: readonly string[]) => Partial<ProgramResult> | undefined = () => ({}),
) {
  const machine = await freshMachine();
  const calls: string[][] = [];
  machine.trust.platform = platform;
  machine.trust.run = async (program, args) => {
    calls.push([program, ...args]);
    const result = reply(program, args);
    return result && { code: 0, stdout: '', stderr: '', ...result };
  };
  return { machine, calls };
}

describe('local trust', () => {
  it('explains each tool, and changes nothing where nobody can be asked', async () => {
    const { machine, calls } = await recordingMachine('linux');
    const { stdout } = await machine.done('local', 'trust');
    expect(calls).toEqual([]);
    const path = tlsOf(machine, 'ca.pem');
    expect(stdout).toContain(
      "The local tenant's certificate authority is not in the certificates that Chrome and Chromium",
    );
    for (const how of [
      `NODE_EXTRA_CA_CERTS=${path} node app.js`,
      `curl --cacert ${path}`,
      `--ca-file ${path}`,
      `certutil -d sql:${join(machine.folder, '.pki', 'nssdb')} -A -t C,,`,
      `sudo cp ${path} /usr/local/share/ca-certificates/anon-cli.crt && sudo update-ca-certificates`,
      'anon-cli local trust --yes',
    ]) {
      expect(stdout).toContain(how);
    }
  });

  it('shows the address of the tenant: where a server runs, the saved one, or the usual one', async () => {
    const { machine } = await recordingMachine('linux');
    const curl = async () => {
      const [, address] = /curl --cacert \S+\s+(\S+)\n/.exec((await machine.done('local', 'trust')).stdout) ?? [];
      return address;
    };
    expect(await curl()).toBe('https://localhost:4400/.well-known/jwks.json');
    const saved: string[] = [];
    await serving(machine, [], async (port) => {
      saved.push(`https://localhost:${port}/.well-known/jwks.json`);
      expect(await curl()).toBe(saved[0]);
    });
    expect(await curl()).toBe(saved[0]);
    await serving(machine, ['--domain', 'tenant.test'], async (port) => {
      expect(await curl()).toBe(`https://localhost:${port}/.well-known/jwks.json`);
    });
    // Where it will listen is not saved.
    expect(await curl()).toBe('https://localhost:4400/.well-known/jwks.json');
    writeFileSync(machine.statePath, 'damaged');
    expect(await curl()).toBe('https://localhost:4400/.well-known/jwks.json');
  });

  it('adds the authority to the database of Chrome, which it creates if necessary', async () => {
    const { machine, calls } = await recordingMachine('linux');
    const folder = join(machine.folder, '.pki', 'nssdb');
    const database = ['certutil', '-d', `sql:${folder}`];
    const { json } = await machine.done('local', 'trust', '--yes', '--json');
    const name = /CN=(.+)/.exec(new X509Certificate(readFileSync(json.ca)).subject)?.[1];
    const add = [...database, '-A', '-t', 'C,,', '-n', String(name), '-i', json.ca];
    expect(calls).toEqual([[...database, '-N', '--empty-password'], add]);
    expect(modeOf(folder)).toBe('700');
    expect(json).toMatchObject({
      trusted: true,
      changed: true,
      store: 'the certificates that Chrome and Chromium trust',
    });
    expect(json.command).toBe(add.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' '));
  });

  it('does nothing where the database has the authority, and removes it', async () => {
    const { machine, calls } = await recordingMachine('linux', (_, args) =>
      args.includes('-L') ? { stdout: readFileSync(tlsOf(machine, 'ca.pem'), 'utf8').replaceAll('\n', '\r\n') } : {},
    );
    const folder = join(machine.folder, '.pki', 'nssdb');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'cert9.db'), '');
    expect((await machine.done('local', 'trust', '--yes', '--json')).json).toMatchObject({
      trusted: true,
      changed: false,
    });
    expect((await machine.done('local', 'trust')).stdout).toContain('authority is in the certificates that Chrome');
    expect(calls.every((words) => words.includes('-L'))).toBe(true);
    calls.length = 0;
    expect((await machine.done('local', 'trust', '--remove', '--json')).json).toMatchObject({
      trusted: false,
      changed: true,
    });
    expect(calls.at(-1)).toEqual([
      'certutil',
      '-d',
      `sql:${folder}`,
      '-D',
      '-n',
      expect.stringContaining('Local tenant CA'),
    ]);
  });

  it.each<[NodeJS.Platform, string[], string[][]]>([
    [
      'darwin',
      ['/usr/bin/security', 'add-trusted-cert', '-r', 'trustRoot', '-k', 'KEYCHAIN', 'CA'],
      [
        ['/usr/bin/security', 'remove-trusted-cert', 'CA'],
        ['/usr/bin/security', 'delete-certificate', '-Z', 'HASH', 'KEYCHAIN'],
      ],
    ],
    [
      'win32',
      ['C:\\Windows\\System32\\certutil.exe', '-user', '-addstore', 'Root', 'CA'],
      [['C:\\Windows\\System32\\certutil.exe', '-user', '-delstore', 'Root', 'HASH']],
    ],
  ])('adds the authority to the user’s own list on %s, and removes it', async (platform, add, remove) => {
    let has = false;
    const { machine, calls } = await recordingMachine(platform, (_, args) => {
      if (args.includes('find-certificate')) return { stdout: has ? `SHA-1 hash: ${args[0]} ${hash()}` : '' };
      if (args.includes('-store')) return { code: has ? 0 : 1 };
      return {};
    });
    const ca = () => new X509Certificate(readFileSync(tlsOf(machine, 'ca.pem')));
    const hash = () => ca().fingerprint.replaceAll(':', '');
    const filled = (words: readonly string[]) =>
      words.map((word) =>
        word
          .replace('CA', tlsOf(machine, 'ca.pem'))
          .replace('HASH', hash())
          .replace('KEYCHAIN', join(machine.folder, 'Library', 'Keychains', 'login.keychain-db')),
      );
    expect((await machine.done('local', 'trust', '--yes', '--json')).json).toMatchObject({
      trusted: true,
      changed: true,
    });
    expect(calls.at(-1)).toEqual(filled(add));
    expect((await machine.done('local', 'trust', '--remove', '--json')).json).toMatchObject({ changed: false });
    has = true;
    calls.length = 0;
    expect((await machine.done('local', 'trust', '--remove', '--json')).json).toMatchObject({
      trusted: false,
      changed: true,
    });
    expect(calls.slice(1)).toEqual(remove.map(filled));
  });

  it.each([
    [true, true],
    [false, false],
  ])('asks a person, and does what the answer is: %s', async (answer, added) => {
    const { machine, calls } = await recordingMachine('darwin');
    machine.terminal.interactive = true;
    machine.answers.push(answer);
    const { stdout } = await machine.done('local', 'trust');
    expect(machine.questions).toEqual(['Add the authority to your login keychain?']);
    expect(calls.some((words) => words.includes('add-trusted-cert'))).toBe(added);
    expect(stdout.includes('Added to your login keychain. Restart the browser.\n')).toBe(added);
  });

  it('explains without the program, and fails where it is needed', async () => {
    const machine = await freshMachine();
    machine.trust.platform = 'darwin';
    expect((await machine.done('local', 'trust', '--json')).json).toMatchObject({ trusted: null, changed: false });
    machine.trust.platform = 'linux';
    const { code, stderr } = await machine.run('local', 'trust', '--yes');
    expect([code, stderr]).toEqual([
      1,
      'error: The program certutil is not installed.\n' +
        'hint:  Install it first. On Debian and Ubuntu: sudo apt install libnss3-tools\n',
    ]);
  });

  it('reports the reason of a program that fails', async () => {
    const { machine } = await recordingMachine('darwin', (_, args) =>
      args.includes('add-trusted-cert') ? { code: 1, stderr: 'SecTrustSettings: denied\nmore\n' } : {},
    );
    const { code, stderr } = await machine.run('local', 'trust', '--yes');
    expect([code, stderr]).toEqual([
      1,
      'error: The program /usr/bin/security failed with 1: SecTrustSettings: denied\n',
    ]);
  });

  it('cannot add and remove at once', async () => {
    const { code, stderr } = await (await freshMachine()).run('local', 'trust', '--yes', '--remove');
    expect([code, stderr]).toEqual([2, 'error: --yes adds the authority, and --remove removes it.\n']);
  });
});

describe('local start', () => {
  it('makes no certificates with --http', async () => {
    const machine = await freshMachine();
    const { json } = await serving(machine, ['--http']);
    expect(json).toMatchObject({ url: `http://localhost:${json.port}`, ca: null });
    await expect(async () => readFileSync(tlsOf(machine, 'ca.pem'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('reports certificates that cannot be made, with other ways, and frees what it began', async () => {
    const machine = await freshMachine();
    writeFileSync(join(machine.folder, 'data', 'tls'), '');
    const { code, stderr } = await machine.run('local', 'start', '--port', '0');
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: ${tlsOf(machine, 'ca-key.pem')} cannot be read: part of its path is not a folder.\n`,
    );
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('(anon-cli local start --http)');
    await serving(machine, ['--http']);
  });

  it('serves a certificate of one’s own, if it is for the domain', async () => {
    const machine = await freshMachine();
    const validity = { notBefore: new Date(machine.clock.now() - 1000), notAfter: new Date(Date.now() + 1e9) };
    const authority = await makeAuthority(validity);
    const key = credentialsIn(authority.key + authority.certificate)?.privateKey;
    if (!key) throw new Error('the authority has no key');
    const own = await makeServerCertificate({ ...authority, key }, ['tenant.test', 'localhost'], validity);
    const files = ['--cert', machine.file('cert.pem', own.certificate), '--key', machine.file('key.pem', own.key)];
    const other = await machine.run('local', 'start', '--port', '0', '--domain', 'other.test', ...files);
    expect([other.code, other.stderr]).toEqual([
      2,
      `error: The certificate in ${files[1]} is not for other.test, the tenant's host name.\n` +
        'hint:  Serve the tenant under a name in the certificate: --domain <name>\n',
    ]);
    const { json } = await serving(machine, files, async (port) => {
      const socket = connect({ port, servername: 'tenant.test', ca: authority.certificate });
      await once(socket, 'secureConnect');
      expect(socket.getPeerX509Certificate()?.fingerprint256).toBe(new X509Certificate(own.certificate).fingerprint256);
      socket.destroy();
    });
    expect(json).toMatchObject({ url: `https://localhost:${json.port}`, ca: null });
    await expect(async () => readFileSync(tlsOf(machine, 'ca.pem'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    [['--cert', 'cert.pem'], 'A certificate of your own needs both: --cert <file> --key <file>'],
    [['--key', 'key.pem'], 'A certificate of your own needs both: --cert <file> --key <file>'],
    [
      ['--http', '--cert', 'cert.pem', '--key', 'key.pem'],
      '--http serves no certificate: leave --cert and --key out, or --http.',
    ],
    [['--cert', '/missing', '--key', '/missing'], '/missing cannot be read: no such file.'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await (await freshMachine()).run('local', 'start', '--port', '0', ...args);
    expect([code, stderr]).toEqual([2, `error: ${message}\n`]);
  });

  it('reports a domain whose port or name does not lead to it', async () => {
    const machine = await freshMachine();
    const asked: string[] = [];
    machine.places.of = async (host) => {
      asked.push(host);
      return 'nowhere';
    };
    // The warning follows in the same turn as the answer.
    const { stderr } = await serving(machine, ['--domain', 'tenant.test'], () => new Promise(setImmediate));
    expect(asked).toEqual(['tenant.test']);
    expect(stderr).toContain('Apps that use the domain tenant.test connect to port 443');
    expect(stderr).toContain('add this line to the hosts file: 127.0.0.1 tenant.test');
  });

  it.each([
    ['plain HTTP alone, behind a proxy', ['--domain', 'tenant.test', '--http']],
    ['localhost', ['--domain', 'localhost:4400']],
    ['an address', ['--domain', '127.0.0.1:4400']],
    ['no domain', []],
  ])('looks nothing up for %s', async (_, args) => {
    const machine = await freshMachine();
    machine.places.of = async () => {
      throw new Error('nothing should be looked up');
    };
    const { stderr } = await serving(machine, args);
    expect(stderr).not.toContain('hosts file');
  });
});
